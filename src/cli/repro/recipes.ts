/** Every recipe there is, and why some numbers have none. */
import { messages } from '../../dialogs/messages/index.ts';
import type { Recipe } from './recipe.ts';
import { assistRecipes } from './recipes-assist.ts';
import { oplatiRecipes } from './recipes-oplati.ts';
import { paymasterRecipes } from './recipes-paymaster.ts';
import { readerRecipes } from './recipes-reader.ts';

const places = new Map(messages.map(({ number }, index) => [number, index]));

/** In the order of the catalogue. */
export const RECIPES: readonly Recipe[] = [
  ...oplatiRecipes,
  ...paymasterRecipes,
  ...assistRecipes,
  ...readerRecipes,
].sort((a, b) => (places.get(a.number) ?? 0) - (places.get(b.number) ?? 0));

/** Numbers of the payment systems that no screen ever shows by themselves. */
export const WITHOUT_SCREEN: Readonly<Record<string, string>> = {
  'PM-21': 'только запись в terminal.log',
};

export function recipeFor(number: string): Recipe | null {
  return RECIPES.find((recipe) => recipe.number === number.toUpperCase()) ?? null;
}

import type { ScenarioName } from '../../emulators/reader/scenario.ts';
import { type Move, type Recipe, type World, walk } from './recipe.ts';
import { ORDER } from './recipes-assist.ts';

/** A reader this till has never seen: it is looked for, found and connected by hand. */
const READER: Move = { press: ['type:2', 'enter'] };
const FOUND: Move[] = [...ORDER, READER, { untilDialog: 'AS-09' }];
const CONNECTED: Move[] = [...FOUND, { press: ['enter'] }];

function reader(scenario: ScenarioName): World {
  return { assist: { buyer: 'pays', reader: { scenario } } };
}

/** The card reader of Assist. What it shows for a moment stays: the walk stops the reader where it is. */
export const readerRecipes: readonly Recipe[] = [
  walk('AS-07', { assist: { buyer: 'pays', reader: { scenario: 'chip', isKnown: true } } }, [...ORDER, READER]),
  walk('AS-08', reader('chip'), [...ORDER, READER]),
  walk('AS-09', reader('chip'), [...ORDER, READER]),
  walk('AS-10', reader('chip'), CONNECTED),
  walk('AS-11', reader('not-found'), [...ORDER, READER]),
  walk('AS-12', reader('firmware-old'), CONNECTED),
  walk('AS-13', reader('lost-before-card'), CONNECTED),
  walk('AS-14', reader('no-card'), [...CONNECTED, { untilShows: 'Present card.' }]),
  walk('AS-15', reader('low-battery'), CONNECTED),
  walk('AS-16', reader('signature'), [...CONNECTED, { untilShows: 'Введите подпись' }]),
  walk('AS-17', reader('chip'), CONNECTED),
  walk('AS-18', reader('chip'), CONNECTED),
  walk('AS-19', reader('chip'), CONNECTED),
  walk('AS-20', reader('wrong-pin'), CONNECTED),
  walk('AS-28', reader('co-badged'), CONNECTED),
  walk('AS-29', reader('co-badged-reader'), CONNECTED),
  walk('AS-30', reader('chip'), CONNECTED),
];

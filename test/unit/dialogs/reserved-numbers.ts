/**
 * Numbers of the first catalogue that nothing raises. They are in no list and no document, and are never given to anything else:
 * support knows them from the guides. The one that is raised at last moves back into the catalogue with its raiser.
 */
const NOT_OF_THIS_PROGRAM = ['AS-06', 'AS-40', 'DOM-07', 'DOM-14', 'DOM-42', 'DOM-43', 'DOM-65', 'SYS-10'];

/** Words of row 24, of a screen or of a list that stand there without a number. */
const WITHOUT_A_NUMBER = ['DEV-11', 'DEV-50', 'DOM-82', 'OPL-28', 'SYS-14', 'SYS-16'];

/** What this program cannot do yet: shift, drawer, deferred receipts, marked and excise goods, fiscal device, scales, updates. */
const NOT_YET = [
  'DEV-20',
  'DEV-21',
  'DEV-22',
  'DEV-23',
  'DEV-24',
  'DEV-40',
  'DOM-13',
  'DOM-15',
  'DOM-18',
  'DOM-19',
  'DOM-24',
  'DOM-39',
  'DOM-44',
  'DOM-45',
  'DOM-46',
  'DOM-47',
  'DOM-48',
  'DOM-49',
  'DOM-50',
  'DOM-51',
  'DOM-52',
  'DOM-53',
  'DOM-54',
  'DOM-55',
  'DOM-56',
  'DOM-58',
  'DOM-59',
  'DOM-63',
  'DOM-64',
  'DOM-80',
  'DOM-83',
  'DOM-84',
  'DOM-98',
  'SYS-12',
  'SYS-13',
  'SYS-17',
  'SYS-18',
];

export const RESERVED: ReadonlySet<string> = new Set([...NOT_OF_THIS_PROGRAM, ...WITHOUT_A_NUMBER, ...NOT_YET]);

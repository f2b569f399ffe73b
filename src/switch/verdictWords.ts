import type { SwitchVerdict } from './switchModel.ts';

/** What a verdict means, as one sentence. */
export const verdictWords: Readonly<Record<SwitchVerdict, string>> = {
  switched: 'Switched, and verified by reading everything again.',
  unchanged: 'Nothing was switched.',
  partly: 'Only a part was switched.',
  contradictory: 'The records contradict each other.',
  running: 'vtctld is still at work.',
  'not-checked': 'What it left could not be checked.',
  refused: 'It was not started.',
};

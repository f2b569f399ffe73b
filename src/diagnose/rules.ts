import type { Rule } from './rule.ts';
import { bothSidesDenied } from './rules/bothSidesDenied.ts';
import { duplicateControl, legacyControl } from './rules/controls.ts';
import { danglingRule } from './rules/danglingRule.ts';
import { locks } from './rules/locks.ts';
import { orphanDeniedTables } from './rules/orphanDeniedTables.ts';
import { otherSideNotDenied } from './rules/otherSideNotDenied.ts';
import { queryServiceDisabled } from './rules/queryServiceDisabled.ts';
import { recordUnreadable } from './rules/recordUnreadable.ts';
import { servingSideDenied } from './rules/servingSideDenied.ts';
import { shardsDisagree } from './rules/shardsDisagree.ts';
import { splitRouting } from './rules/splitRouting.ts';
import { statusDiffers } from './rules/statusDiffers.ts';
import { staleSrvKeyspace } from './rules/staleSrvKeyspace.ts';
import { staleSrvVSchema } from './rules/staleSrvVSchema.ts';
import { missingForward, missingStreams, stoppedNotFrozen } from './rules/streams.ts';

/** Every rule of the diagnosis. */
export const rules: readonly Rule[] = [
  recordUnreadable,
  bothSidesDenied,
  servingSideDenied,
  otherSideNotDenied,
  shardsDisagree,
  splitRouting,
  staleSrvVSchema,
  queryServiceDisabled,
  stoppedNotFrozen,
  missingStreams,
  missingForward,
  statusDiffers,
  orphanDeniedTables,
  staleSrvKeyspace,
  danglingRule,
  duplicateControl,
  legacyControl,
  locks,
];

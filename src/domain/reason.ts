import { textFault } from './text.ts';

/** The longest reason of a change that is kept, in characters. */
export const LONGEST_REASON = 2000;

/** Why a change is made, as it is kept: in NFC and trimmed, null where it says nothing; or what is wrong with it. */
export function understoodReason(
  text: string,
): { reason: string | null } | { fault: string } {
  const reason = text.normalize('NFC').trim();
  const fault =
    reason.length > LONGEST_REASON
      ? `is longer than ${LONGEST_REASON} characters`
      : textFault(reason);
  return fault === null ? { reason: reason === '' ? null : reason } : { fault };
}

/** Texts of the card, the list, the ledger, the drawers. */
export const recordEn = {
  close: 'Close',
} as const;

/** What everything carries that this add-on applies beside its release: by that it is found again when it goes. */
export const labelled = { 'app.kubernetes.io/managed-by': 'kmon', 'kmon/addon': 'stack' } as const;

/** `stops`: the workshop cannot work there; `hurts`: it will, badly; `note`: good to know. The worst first. */
export const SEVERITIES = ['stops', 'hurts', 'note'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** `stops`: the workshop cannot work there; `hurts`: it will, badly; `note`: good to know. */
export type Severity = 'stops' | 'hurts' | 'note';

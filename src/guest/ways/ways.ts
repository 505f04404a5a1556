import type { GuestWay } from './guest-way.js';
import { virtualboxLinux, virtualboxMacos } from './virtualbox-sh.js';
import { virtualboxWindows } from './virtualbox-windows.js';

/** The ways of having a guest that the page of an enrolment shows. */
export const GUEST_WAYS: readonly GuestWay[] = [virtualboxWindows, virtualboxMacos, virtualboxLinux];

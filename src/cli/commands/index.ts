import type { Command } from '../command.js';
import { addonAdd } from './addon-add.js';
import { addonList } from './addon-list.js';
import { addonRemove } from './addon-remove.js';
import { addonVerify } from './addon-verify.js';
import { alerts } from './alerts.js';
import { bundleList } from './bundle-list.js';
import { bundleMake } from './bundle-make.js';
import { bundlePrune } from './bundle-prune.js';
import { bundleVerify } from './bundle-verify.js';
import { check } from './check.js';
import { completion } from './completion.js';
import { configSchema } from './config-schema.js';
import { deployMonitoring } from './deploy-monitoring.js';
import { doctor } from './doctor.js';
import { enrol } from './enrol.js';
import { guestImage } from './guest-image.js';
import { guestSeed } from './guest-seed.js';
import { initParent } from './init-parent.js';
import { joinChild } from './join-child.js';
import { labDown } from './lab-down.js';
import { labImage } from './lab-image.js';
import { labInternet } from './lab-internet.js';
import { labLink } from './lab-link.js';
import { labSensors } from './lab-sensors.js';
import { labStatus } from './lab-status.js';
import { labUp } from './lab-up.js';
import { load } from './load.js';
import { newRoom } from './new.js';
import { renderMonitoring } from './render-monitoring.js';
import { open } from './open.js';
import { repair } from './repair.js';
import { report } from './report.js';
import { solo } from './solo.js';
import { status } from './status.js';
import { stress } from './stress.js';
import { teams } from './teams.js';
import { teamsCard } from './teams-card.js';
import { teamsList } from './teams-list.js';
import { teamsRemove } from './teams-remove.js';
import { teardown } from './teardown.js';
import { testApp } from './test-app.js';
import { top } from './top.js';
import { up } from './up.js';
import { verify } from './verify.js';
import { watchApp } from './watch-app.js';

/** The workshop in order: this is what `kmon --help` tells. */
export const WORKSHOP: readonly Command[] = [
  newRoom,
  enrol,
  check,
  initParent,
  joinChild,
  deployMonitoring,
  up,
  verify,
  status,
  top,
  alerts,
  open,
  testApp,
  watchApp,
  stress,
  load,
  report,
  teardown,
];

/** Every command. The other lists, the pages and the tests are made from this one. */
export const COMMANDS: readonly Command[] = [
  ...WORKSHOP,
  teams,
  teamsList,
  teamsRemove,
  teamsCard,
  addonList,
  addonAdd,
  addonRemove,
  addonVerify,
  bundleMake,
  bundleVerify,
  bundleList,
  bundlePrune,
  solo,
  repair,
  doctor,
  completion,
  configSchema,
  renderMonitoring,
  guestImage,
  guestSeed,
  labImage,
  labUp,
  labStatus,
  labDown,
  labLink,
  labInternet,
  labSensors,
];

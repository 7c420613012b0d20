// Who is measured: the list of targets, and which of them can be run here.
import { has } from './processes.mjs';
import { constant } from './targets/constant.mjs';
import { makeKey, ours, remembersAnswers } from './targets/ours.mjs';
import { installPeers } from './targets/peer.mjs';
import { postgraphile } from './targets/postgraphile.mjs';
import { postgrest } from './targets/postgrest.mjs';
import { typeorm } from './targets/typeorm.mjs';

/** Targets that are installed on demand. */
const INSTALLED = ['postgrest', 'postgraphile'];

/**
 * The targets of these names, or all; `own` is the service itself, whose statements set the `limit` by pgbench. What cannot be run
 * here is `left` out with a notice.
 */
export function chosenTargets({ url, names, tell }) {
  const wanted = (name) => names === undefined || names.includes(name);
  const left = [];
  const leave = (target, why) => {
    left.push({ target, why });
    tell(`${target} is left out: ${why}`);
  };
  const key = makeKey(url);
  const own = [ours({ remembering: false, url, key })];
  if (wanted('ours-cached')) {
    if (remembersAnswers()) own.push(ours({ remembering: true, url, key }));
    else leave('ours-cached', 'this version remembers no answers');
  }
  const others = [
    typeorm({ url }),
    postgrest({ url }),
    postgraphile({ url }),
    constant(),
  ].filter(({ name }) => wanted(name));
  const installed =
    !others.some(({ name }) => INSTALLED.includes(name)) || installPeers();
  const possible = others.filter(({ name }) => {
    if (installed || !INSTALLED.includes(name)) return true;
    leave(name, 'it could not be installed');
    return false;
  });
  const limit = wanted('pgbench') && has('pgbench');
  if (wanted('pgbench') && !limit)
    leave('pgbench', 'PostgreSQL’s client is not installed');
  return {
    own,
    limit,
    left,
    targets: [
      ...own,
      ...possible.map((target) => ({
        ...target,
        optional: INSTALLED.includes(target.name),
      })),
    ],
  };
}

// A child and the tools that it has started end together.

import type { ChildProcess } from 'node:child_process'

/** Windows knows no groups: there a tool ends when nobody reads its pipe any more. */
export const LEADS_GROUP = process.platform !== 'win32'

/** Kills a child that was started with `detached: LEADS_GROUP`, and whatever is left of its group. */
export function endGroup(child: ChildProcess): void {
  if (LEADS_GROUP && child.pid !== undefined) {
    try {
      process.kill(-child.pid, 'SIGKILL')
      return
    } catch {
      // Nobody of the group is left, or the child does not lead it yet.
    }
  }
  child.kill('SIGKILL')
}

// The room's face: files opened without waiting, and files that appear only when they are complete.

export { AtomicFile, moveInto } from './atomic-file.js'
export { withLock } from './lock.js'
export { headOf, openFlag, realPath } from './opening.js'
export { removeLeftovers, TemporaryFolder } from './temporary.js'
export { writing } from './writing.js'

// The room's face: files opened without waiting, and files that appear only when they are complete.

export { AtomicFile, writing } from './atomic-file.js'
export { headOf, openFlag, realPath } from './opening.js'

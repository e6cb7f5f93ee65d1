// The room's face: files opened without waiting, and files that appear only when they are complete.

export { fill, readAll, writeAll } from './at-position.js'
export { AtomicFile, moveInto, syncFolder, writeAtomically } from './atomic-file.js'
export { MAX_SMALL_FILE_BYTES, readJsonFile, readSmallFile } from './json-file.js'
export { takeLock, withLock } from './lock.js'
export { headOf, READ_WITHOUT_WAITING, realPath, untouched } from './opening.js'
export { ownFolder, ownProgram, PACKAGE_NAME, packageVersion } from './own-package.js'
export { openToRead, type ReadHandle } from './reading.js'
export { removeLeftovers, TemporaryFolder, temporaryName } from './temporary.js'
export { TextFile, type TextTarget, writingText } from './text-file.js'
export { isFolder, writing } from './writing.js'

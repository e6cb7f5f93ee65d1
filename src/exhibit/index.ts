// The room's face: what was named by the user, as exhibit files in a stable order.

export { displayName, type ExhibitFile } from './exhibit-file.js'
export { firstOf } from './first.js'
export { globOf, nameMatcher } from './glob.js'
export { readNames } from './name-list.js'
export { walkList, walkPaths } from './walk.js'

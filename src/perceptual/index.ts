// The room's face: rasters in, perceptual hashes out.

export { ahash } from './ahash.js'
export type { PerceptualHash } from './bits.js'
export { blockhash } from './blockhash.js'
export { dhash, dhashVertical } from './dhash.js'
export { pdq, pdqDihedral, type Pdq, type PdqDihedral } from './pdq.js'
export { phash } from './phash.js'
export { blurHash, preview } from './preview.js'
export { whash } from './whash.js'

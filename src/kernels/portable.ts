// The kernels in portable code, complete: every function works without the addon.

import { pdqDihedralPortable, pdqPortable } from './pdq-portable.js'
import { lumaPortable, resizeColumnsPortable, resizeRowsPortable } from './resize-portable.js'
import type { Kernels } from './types.js'

export const PORTABLE_KERNELS: Kernels = {
  path: 'portable',
  isa: 'portable',
  pdq: pdqPortable,
  pdqDihedral: pdqDihedralPortable,
  luma: lumaPortable,
  resizeRows: resizeRowsPortable,
  resizeColumns: (luma, width, _height, axis) => resizeColumnsPortable(luma, width, axis)
}

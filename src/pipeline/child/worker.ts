// A thread of the child: one task at a time from Piscina, though several may be waiting for sharp.

import { extractFeatures } from '../extract.js'
import type { ExtractOptions, FileFeatures } from '../features.js'
import type { ExtractTask } from './protocol.js'

export interface WorkerTask extends ExtractTask {
  readonly options: ExtractOptions
}

export default function extract({ location, name, options }: WorkerTask): Promise<FileFeatures> {
  return extractFeatures(location, name, options)
}

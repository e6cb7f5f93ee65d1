// Where features are made: in a child process, or in this one for those who embed the library.

import type { ExtractTask } from './child/protocol.js'
import { extractFeatures } from './extract.js'
import type { ExtractOptions, FileFeatures } from './features.js'

export interface Engine {
  /** Never rejects for a fault of the file; rejects only when no file can be worked on any more. */
  extract(task: ExtractTask): Promise<FileFeatures>
  close(): Promise<void>
}

/** Works in this process: no protection from hostile files, no time limit. */
export class InProcessEngine implements Engine {
  constructor(private readonly options: ExtractOptions) {}

  extract({ location, name }: ExtractTask): Promise<FileFeatures> {
    return extractFeatures(location, name, this.options)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

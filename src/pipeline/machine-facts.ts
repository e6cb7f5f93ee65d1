// Who runs this, where, and on what: for audit logs.

import { availableParallelism, cpus, hostname, release, totalmem, userInfo } from 'node:os'
import { kernelFacts } from '../kernels/index.js'

export interface MachineFacts {
  readonly user: string
  readonly host: string
  readonly platform: string
  readonly node: string
  readonly processor: string
  readonly cores: number
  readonly memoryBytes: number
  /** 'native' or 'portable', and the instruction set. */
  readonly kernels: { readonly path: string; readonly isa: string }
}

export function machineFacts(): MachineFacts {
  const { path, isa } = kernelFacts()
  return {
    user: userName(),
    host: hostname(),
    platform: `${process.platform}-${process.arch} ${release()}`,
    node: process.version,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    kernels: { path, isa }
  }
}

/** A user that the system has no entry for has a number. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

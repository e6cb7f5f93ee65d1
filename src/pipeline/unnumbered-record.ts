// A record before its place among all records is known: an archive's members are not counted before it is read.

import type { FileRecord } from '../core/result.js'

export type UnnumberedRecord = Omit<FileRecord, 'type' | 'seq'>

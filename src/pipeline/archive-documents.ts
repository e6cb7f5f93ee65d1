// The documents of an archive, taken out by a child, since nothing of an archive is opened in this process.

import { type ErrorCode, ExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import { askChild } from './ask-child.js'
import type { ArchiveDocument, DocumentsAnswer } from './child/archive-documents.js'

export type { ArchiveDocument } from './child/archive-documents.js'

const UNPACK_MS = 120_000

/**
 * JSON, XML and CSV files in an archive, those of more than 64 MiB left out; `null` where the file is no archive.
 * @throws {ExhibitHashError} ARCHIVE_DAMAGED and other faults of archives, READ_FAILED, DECODER_CRASHED
 */
export async function readArchiveDocuments(path: string): Promise<readonly ArchiveDocument[] | null> {
  const failed = (code: ErrorCode, what: string) =>
    new ExhibitHashError(code, `${path}: ${what}`, { path, stage: 'unpack' })
  const ended = (how: string) => failed('DECODER_CRASHED', `the process that opened it ended with ${how}`)
  const answer = (await askChild('pipeline/child/archive-documents', path, UNPACK_MS, ended)) as DocumentsAnswer
  if (isPlainObject(answer) && 'documents' in answer) return answer.documents
  throw failed(answer.code, answer.message)
}

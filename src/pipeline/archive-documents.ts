// The documents of an archive, taken out by a child, since nothing of an archive is opened in this process.

import { fork } from 'node:child_process'
import { ExhibitHashError } from '../core/errors.js'
import { isPlainObject } from '../core/plain-object.js'
import { ownProgram } from '../files/index.js'
import { childEnvironment } from './child-environment.js'
import type { ArchiveDocument, DocumentsAnswer } from './child/archive-documents.js'

export type { ArchiveDocument } from './child/archive-documents.js'

const UNPACK_MS = 120_000

/**
 * JSON, XML and CSV files in an archive, those of more than 64 MiB left out; `null` where the file is no archive.
 * @throws {ExhibitHashError} ARCHIVE_DAMAGED and other faults of archives, READ_FAILED, DECODER_CRASHED
 */
export function readArchiveDocuments(path: string): Promise<readonly ArchiveDocument[] | null> {
  return new Promise((resolve, reject) => {
    const child = fork(ownProgram('pipeline/child/archive-documents'), [], {
      env: childEnvironment(),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: UNPACK_MS,
      killSignal: 'SIGKILL'
    })
    child.on('message', (answer: DocumentsAnswer) => {
      if (isPlainObject(answer) && 'documents' in answer) resolve(answer.documents)
      else reject(new ExhibitHashError(answer.code, `${path}: ${answer.message}`, { path, stage: 'unpack' }))
      child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      const message = `${path}: the process that opened it ended with ${signal ?? `exit status ${code}`}`
      reject(new ExhibitHashError('DECODER_CRASHED', message, { path, stage: 'unpack' }))
    })
    child.send(path, () => undefined)
  })
}

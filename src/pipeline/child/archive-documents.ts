// A child that takes the small documents out of an archive (its JSON, XML and CSV), hands them over and ends. Archives are
// hostile bytes, also those that an agency sent.

import { Budget, accessFile, DEFAULT_ARCHIVE_LIMITS, openArchive, type Member } from '../../archives/index.js'
import { toExhibitHashError, type ErrorCode } from '../../core/errors.js'
import { READ_WITHOUT_WAITING, openToRead } from '../../files/index.js'
import { denyNetwork } from '../../kernels/index.js'

export interface ArchiveDocument {
  /** As the archive has it: never a path on this machine. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** `documents` is `null` where the file is no archive. */
export type DocumentsAnswer =
  { readonly documents: readonly ArchiveDocument[] | null } | { readonly code: ErrorCode; readonly message: string }

const DOCUMENT = /\.(?:json|xml|csv)$/i
const MAX_DOCUMENT_BYTES = 64 * 2 ** 20
const MAX_DOCUMENTS = 100

process.once('message', (path: string) => {
  denyNetwork()
  documentsIn(path).then(
    (documents) => answer({ documents }),
    (thrown: unknown) => {
      const { code, message } = toExhibitHashError(thrown, 'ARCHIVE_DAMAGED')
      answer({ code, message })
    }
  )
})

function answer(message: DocumentsAnswer): void {
  process.send?.(message)
}

async function documentsIn(path: string): Promise<ArchiveDocument[] | null> {
  const file = await openToRead(Buffer.from(path), READ_WITHOUT_WAITING)
  try {
    const sizeBytes = Number((await file.stat({ bigint: true })).size)
    const archive = await openArchive(accessFile(file, sizeBytes))
    if (archive === null) return null
    const budget = Budget.of(DEFAULT_ARCHIVE_LIMITS, sizeBytes)
    const documents: ArchiveDocument[] = []
    // What is wrong with the archive itself is told by the scan, which sees all of it.
    const finding = { onFault: () => undefined, onExpanded: (bytes: number) => budget.takeBytes(bytes) }
    for await (const member of archive.members(finding)) {
      budget.takeMember()
      const name = Buffer.from(member.name).toString('utf8')
      if (member.skipped !== undefined || !DOCUMENT.test(name) || documents.length === MAX_DOCUMENTS) continue
      const bytes = await bytesOf(member)
      if (bytes !== null) documents.push({ name, bytes })
    }
    return documents
  } finally {
    await file.close()
  }
}

/** `null` of what is too large for a report, whatever the archive claims. */
async function bytesOf(member: Member): Promise<Uint8Array | null> {
  if (member.claimedBytes > MAX_DOCUMENT_BYTES) return null
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of member.open()) {
    length += part.length
    if (length > MAX_DOCUMENT_BYTES) return null
    parts.push(Buffer.from(part))
  }
  return Buffer.concat(parts)
}

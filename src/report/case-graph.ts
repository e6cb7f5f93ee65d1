// Results as CASE/UCO JSON-LD (caseontology.org 1.x, unifiedcyberontology.org 1.x): an investigation, an exhibit a results
// file, its files with their digests, and what they match.
//
// Identities are UUIDs of version 5, so that the same results make the same graph. An exhibit's list of files would have to
// stand in one object, of millions: a graph may say the same of a node piece by piece, and so it does here.

import { createHash } from 'node:crypto'
import { DIGEST_KINDS } from '../core/hashes.js'
import { describeCategory } from '../core/display.js'
import type { FileRecord, Match } from '../core/result.js'
import { packageVersion } from '../files/index.js'
import type { ReportFormat, ReportSource } from './writer.js'

const CONTEXT = {
  kb: 'urn:exhibit-hash:',
  'case-investigation': 'https://ontology.caseontology.org/case/investigation/',
  'uco-action': 'https://ontology.unifiedcyberontology.org/uco/action/',
  'uco-core': 'https://ontology.unifiedcyberontology.org/uco/core/',
  'uco-observable': 'https://ontology.unifiedcyberontology.org/uco/observable/',
  'uco-tool': 'https://ontology.unifiedcyberontology.org/uco/tool/',
  'uco-types': 'https://ontology.unifiedcyberontology.org/uco/types/',
  'exhibit-hash': 'urn:exhibit-hash:terms:',
  xsd: 'http://www.w3.org/2001/XMLSchema#'
}
/** Of this use of version 5, drawn once. */
const UUID_SPACE = Buffer.from('5d1f2c3a8e074b6f9a1ce0b7d4432f16', 'hex')
const HASH_NAMES = { md5: 'MD5', sha1: 'SHA1', sha256: 'SHA256' } as const

type Node = Readonly<Record<string, unknown>>

export const CASE_REPORT: ReportFormat<'case'> = {
  name: 'case',
  namesDigests: true,
  write(sources) {
    const fixed = [tool(), ...investigations(sources)]
    const lines = fixed.map((node) => JSON.stringify(node)).join(',\n')
    return {
      head: `{"@context":${JSON.stringify(CONTEXT)},\n"@graph":[\n${lines}`,
      beginSource: (source) => nodes(scanOf(source), exhibitOf(source)),
      row: (record, source) => nodes(...fileNodes(record, source)),
      tail: () => '\n]}\n'
    }
  }
}

function nodes(...all: readonly Node[]): string {
  return all.map((node) => `,\n${JSON.stringify(node)}`).join('')
}

/** RFC 9562, version 5. */
function uuid(...name: readonly (string | number | undefined)[]): string {
  const digest = createHash('sha1').update(UUID_SPACE).update(JSON.stringify(name)).digest()
  digest[6] = (digest[6] & 0x0f) | 0x50
  digest[8] = (digest[8] & 0x3f) | 0x80
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function typed(type: string, value: string | number): Node {
  return { '@type': type, '@value': String(value) }
}

const TOOL_ID = (): string => `kb:tool-${uuid('tool', packageVersion())}`

function tool(): Node {
  return {
    '@id': TOOL_ID(),
    '@type': 'uco-tool:Tool',
    'uco-core:name': 'exhibit-hash',
    'uco-tool:version': packageVersion()
  }
}

/** One for each case that the results name. */
function investigations(sources: readonly ReportSource[]): Node[] {
  const cases = new Map<string | undefined, ReportSource[]>()
  for (const source of sources) cases.set(source.header.case, [...(cases.get(source.header.case) ?? []), source])
  return [...cases].map(([name, own]) => ({
    '@id': `kb:investigation-${uuid('investigation', name)}`,
    '@type': 'case-investigation:Investigation',
    ...(name !== undefined && { 'uco-core:name': name }),
    'uco-core:object': own.map((source) => ({ '@id': exhibitId(source) }))
  }))
}

function identityOf({ header, sha256 }: ReportSource): [string | undefined, string | undefined, string | undefined] {
  return [header.case, header.exhibit, sha256]
}

function exhibitId(source: ReportSource): string {
  return `kb:provenance-record-${uuid('exhibit', ...identityOf(source))}`
}

function exhibitOf(source: ReportSource): Node {
  const { exhibit, organisation } = source.header
  return {
    '@id': exhibitId(source),
    '@type': 'case-investigation:ProvenanceRecord',
    ...(exhibit !== undefined && { 'case-investigation:exhibitNumber': exhibit }),
    'uco-core:description': `Files of ${source.name}${organisation === undefined ? '' : `, ${organisation}`}`
  }
}

function scanOf(source: ReportSource): Node {
  return {
    '@id': `kb:investigative-action-${uuid('scan', ...identityOf(source))}`,
    '@type': 'case-investigation:InvestigativeAction',
    'uco-core:name': 'hashed and matched against hash sets',
    'uco-core:description': `results file with SHA-256 ${source.sha256 ?? 'unknown'}`,
    'uco-action:instrument': { '@id': TOOL_ID() },
    'uco-action:result': { '@id': exhibitId(source) },
    'exhibit-hash:hashSet': source.header.sets.map(({ name, root, profile }) => ({
      'exhibit-hash:name': name,
      'exhibit-hash:root': root,
      'exhibit-hash:categoryProfile': profile
    }))
  }
}

function fileNodes(record: FileRecord, source: ReportSource): Node[] {
  const id = `kb:file-${uuid('file', ...identityOf(source), record.seq)}`
  const facets = [fileFacet(record, id), ...contentFacet(record, id)]
  const matches = record.matches ?? []
  const file = {
    '@id': id,
    '@type': 'uco-observable:File',
    'uco-core:hasFacet': facets,
    ...(matches.length > 0 && { 'exhibit-hash:match': matches.map(matchNode) })
  }
  return [file, { '@id': exhibitId(source), 'uco-core:object': { '@id': id } }]
}

function facetId(kind: string, file: string): string {
  return `kb:${kind}-${uuid(kind, file)}`
}

function fileFacet({ path, pathBase64, sizeBytes, times }: FileRecord, file: string): Node {
  const time = (key: string, value: string | undefined): Node =>
    value === undefined ? {} : { [`uco-observable:${key}`]: typed('xsd:dateTime', value) }
  return {
    '@id': facetId('file-facet', file),
    '@type': 'uco-observable:FileFacet',
    'uco-observable:fileName': path.slice(path.lastIndexOf('/') + 1),
    'uco-observable:filePath': path,
    ...(pathBase64 !== undefined && { 'exhibit-hash:pathBase64': typed('xsd:base64Binary', pathBase64) }),
    'uco-observable:isDirectory': false,
    ...(sizeBytes !== null && { 'uco-observable:sizeInBytes': typed('xsd:integer', sizeBytes) }),
    ...time('observableCreatedTime', times?.created),
    ...time('modifiedTime', times?.modified),
    ...time('accessedTime', times?.accessed)
  }
}

function contentFacet({ digests }: FileRecord, file: string): Node[] {
  if (digests === null) return []
  const hashes = DIGEST_KINDS.map((kind) => ({
    '@id': facetId(`hash-${kind}`, file),
    '@type': 'uco-types:Hash',
    'uco-types:hashMethod': HASH_NAMES[kind],
    'uco-types:hashValue': typed('xsd:hexBinary', digests[kind])
  }))
  return [
    {
      '@id': facetId('content-data-facet', file),
      '@type': 'uco-observable:ContentDataFacet',
      'uco-observable:hash': hashes
    }
  ]
}

/** The ontologies have no word for how sure a match is, so these are our own, and `relation` keeps the three apart. */
function matchNode(match: Match): Node {
  const { relation, by, set, source, mediaId, category, label } = match
  return {
    'exhibit-hash:relation': relation,
    'exhibit-hash:by': by,
    'exhibit-hash:set': set,
    'exhibit-hash:source': source,
    ...(mediaId !== null && { 'exhibit-hash:mediaId': mediaId }),
    'exhibit-hash:category': describeCategory(category, label),
    ...('agreeing' in match && { 'exhibit-hash:agreeing': match.agreeing }),
    ...(relation === 'conflict' && { 'exhibit-hash:contradicting': match.contradicting }),
    ...('distanceBits' in match && {
      'exhibit-hash:distanceBits': match.distanceBits,
      'exhibit-hash:variant': match.variant
    }),
    ...('squaredDistance' in match && { 'exhibit-hash:squaredDistance': match.squaredDistance }),
    ...(match.knownGood === true && { 'exhibit-hash:knownGood': true })
  }
}

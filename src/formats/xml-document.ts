// A small XML document as nested objects, under the same rules as hash sets: no document types, no entities but XML's five.

import { ExhibitHashError, type ErrorCode } from '../core/errors.js'
import { readXml } from './xml.js'

/** Elements by their names in lower case; of several of one name a list. An element without others is its text. */
export type XmlValue = string | XmlObject | readonly XmlValue[]
export interface XmlObject {
  readonly [name: string]: XmlValue
}

const CHUNK_BYTES = 65_536

/** @throws {ExhibitHashError} SOURCE_MALFORMED, SOURCE_TRUNCATED naming `path` */
export async function readXmlDocument(bytes: Uint8Array, path: string): Promise<XmlObject> {
  const open = [new Map<string, XmlValue[]>()]
  const input = {
    tally: { counts: { records: 0 } },
    async *chunks() {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
    },
    fault: (code: ErrorCode, message: string) =>
      new ExhibitHashError(code, `${path}: ${message}`, { path, stage: 'read' })
  }
  for await (const _ of readXml(input, {
    open: () => void open.push(new Map<string, XmlValue[]>()),
    close(name, text) {
      const own = open.pop()!
      const parent = open[open.length - 1]
      const value = own.size === 0 ? text.trim() : objectOf(own)
      const others = parent.get(name)
      if (others === undefined) parent.set(name, [value])
      else others.push(value)
    }
  }));
  return objectOf(open[0])
}

function objectOf(fields: ReadonlyMap<string, readonly XmlValue[]>): XmlObject {
  // Of entries, so that an element called __proto__ is one like any other.
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}

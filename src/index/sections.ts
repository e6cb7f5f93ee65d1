// The sections of an open index, found by what they hold.

import { ExhibitHashError } from '../core/errors.js'
import type { Section } from './layout.js'

export class Sections {
  constructor(
    readonly path: string,
    readonly all: readonly Section[]
  ) {}

  find(id: number, kind: number): Section | null {
    return this.all.find((section) => section.id === id && section.kind === kind) ?? null
  }

  /** @throws {ExhibitHashError} INDEX_DAMAGED where it is missing */
  need(id: number, kind: number): Section {
    const section = this.find(id, kind)
    if (section === null) throw this.damaged(`section ${id} of kind ${kind} is missing`)
    return section
  }

  damaged(what: string): ExhibitHashError {
    return new ExhibitHashError('INDEX_DAMAGED', `${this.path}: ${what}`, { path: this.path })
  }
}

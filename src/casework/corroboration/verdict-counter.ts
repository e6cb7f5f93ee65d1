// Verdicts counted for the line at their end.

import type { CorroborationSummary, Disagreement, Verdict } from './verdict-types.js'

export class VerdictCounter {
  #items = 0
  #files = 0
  #lookAgain = 0
  readonly #relations = { identical: 0, conflict: 0, similar: 0 }
  readonly #standings = { trusted: 0, agreed: 0, indicative: 0, disputed: 0, ungraded: 0 }
  readonly #disagreements: Record<Disagreement['kind'], number> = {
    graders: 0,
    regraded: 0,
    'known-good': 0,
    facts: 0,
    profiles: 0
  }

  add(verdict: Verdict): void {
    this.#items++
    this.#files += verdict.files.length + (verdict.filesOmitted ?? 0)
    this.#relations[verdict.relation]++
    if (verdict.relation === 'identical') this.#standings[verdict.grade.standing]++
    for (const { kind } of verdict.disagreements) this.#disagreements[kind]++
    if (verdict.lookAgain) this.#lookAgain++
  }

  get summary(): CorroborationSummary {
    return {
      type: 'summary',
      items: this.#items,
      files: this.#files,
      relations: this.#relations,
      standings: this.#standings,
      disagreements: this.#disagreements,
      lookAgain: this.#lookAgain
    }
  }
}

// What every weighing of evidence is told: a rule, and which categories of one profile are those of another.

import type { CategoryMapping } from '../../core/category.js'
import { checkCategoryMapping } from '../category-mapping.js'
import { checkRule, type CorroborationRule, Rule } from './rule.js'

export interface WeighingOptions {
  readonly rule?: CorroborationRule
  /** The only way from categories of one profile to those of another. */
  readonly mappings?: readonly CategoryMapping[]
  readonly signal?: AbortSignal
}

/** @throws {ExhibitHashError} RULE_INVALID, MAPPING_INVALID */
export function weighingOf({ rule, mappings = [] }: WeighingOptions): {
  readonly rule: Rule
  readonly mappings: readonly CategoryMapping[]
} {
  return {
    rule: new Rule(checkRule(rule ?? {}, 'rule')),
    mappings: mappings.map((mapping) => checkCategoryMapping(mapping, 'mapping'))
  }
}

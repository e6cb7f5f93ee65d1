// The room's face, and the subpath `exhibit-hash/casework`: what is made of results in the course of a case.

export { checkCategoryMapping, loadCategoryMapping } from './category-mapping.js'
export { corroborate, type CorroborateOptions } from './corroboration/corroborate.js'
export { corroborateSets, type CorroborateSetsOptions } from './corroboration/across-sets.js'
export {
  type KeyedManifestOptions,
  type KeyedManifestReport,
  makeManifestKey,
  type ManifestLabels,
  writeKeyedManifest
} from './corroboration/keyed-manifest.js'
export { checkRule, type CorroborationRule, loadRule, type SourceStatement } from './corroboration/rule.js'
export { findShared, type SharedHolder, type SharedMaterial, type SharedOptions } from './corroboration/shared.js'
export type {
  ConflictVerdict,
  CorroborationSummary,
  Disagreement,
  Evidence,
  Grade as GradeOfVerdict,
  IdenticalVerdict,
  ItemFile,
  NotCounted,
  Opinion,
  SimilarVerdict,
  Standing,
  Verdict
} from './corroboration/verdict-types.js'
export { type Grade, parseGrade, readGrades } from './grading/grades.js'
export { gradeResults, type GradeOptions, type GradeOutcome } from './grading/grade-results.js'
export {
  checkPackage,
  type PackageCheck,
  type PackageFinding,
  type PackageFindingCode,
  type PackageOptions
} from './package-check.js'
export { type UploadOptions, type UploadOutcome, type UploadProgress, uploadPackage } from './upload/upload.js'
export type { CaseFacts, VicsVersion } from './grading/vics-case.js'
export type { Credentials, ServerOptions } from './upload/vics-rest.js'
export { DEFAULT_RISK_DAYS, type RiskDays } from './referrals/order.js'
export { referrals, type ReferralsOptions } from './referrals/referrals.js'
export {
  type Referral,
  type ReferralCounts,
  type ReferralItem,
  type ReferralLine,
  type ReferralProblem,
  type ReferralsSummary,
  type ReferralStatus,
  type Risk,
  RISKS,
  STATUSES
} from './referrals/types.js'
export type { ReferralChanges } from './referrals/worklist.js'

// The room's face, and the subpath `exhibit-hash/casework`: what is made of results in the course of a case.

export { checkCategoryMapping, loadCategoryMapping } from './category-mapping.js'
export { type Grade, parseGrade, readGrades } from './grades.js'
export { gradeResults, type GradeOptions, type GradeOutcome } from './grade-results.js'
export {
  checkPackage,
  type PackageCheck,
  type PackageFinding,
  type PackageFindingCode,
  type PackageOptions
} from './package-check.js'
export { type UploadOptions, type UploadOutcome, type UploadProgress, uploadPackage } from './upload.js'
export type { CaseFacts, VicsVersion } from './vics-case.js'
export type { Credentials, ServerOptions } from './vics-rest.js'

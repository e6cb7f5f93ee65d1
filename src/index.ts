// The public API: re-exports only.

export type { ArchiveLimits } from './archives/index.js'
export {
  BUILT_IN_PROFILES,
  categoryLabel,
  categoryMeaning,
  mapCategory,
  profileIdentity,
  UNMAPPED_LABEL,
  type CategoryMapping,
  type CategoryProfile
} from './core/category.js'
export { ERROR_CODES, ExhibitHashError, type ErrorCode, type Stage } from './core/errors.js'
export {
  DIGEST_KINDS,
  HASH_BYTES,
  PERCEPTUAL_KINDS,
  type DigestKind,
  type Digests,
  type HashKind,
  type PerceptualKind
} from './core/hashes.js'
export { isLowInformation, parsePhotoDna, PHOTODNA_MAX_DISTANCE, photoDnaDistance } from './core/photo-dna.js'
export type { Hasher, HasherFacts, HasherInput } from './core/hasher.js'
export type { Raster } from './core/raster.js'
export {
  DIHEDRAL_VARIANTS,
  type ConflictMatch,
  type DihedralVariant,
  type EarlierWord,
  type FileError,
  type FileHashes,
  type FileRecord,
  type FrameHash,
  type FramesMissing,
  type HeaderRecord,
  type IdenticalMatch,
  type Match,
  type MediaFacts,
  type News,
  type RematchCounts,
  type RematchOrigin,
  type ResultLine,
  type SetIdentity,
  type SimilarHashMatch,
  type SimilarMatch,
  type SimilarPhotoDnaMatch,
  type SummaryRecord,
  type VideoFacts
} from './core/result.js'
export { RECORD_FLAGS, type GradingFacts, type RecordFlag } from './core/set-record.js'
export { digestBatch, digestBytes, DigestStream } from './digest/index.js'
export { decodeImage, type DecodeLimits, type FrameOptions } from './decode/index.js'
export {
  buildHashSet,
  compactHashSet,
  diffHashSets,
  exportHashSet,
  HashSet,
  loadProfile,
  makeSigningKeys,
  signHashSet,
  updateHashSet,
  type BuildOptions,
  type BuildProgress,
  type BuildReport,
  type CompactOptions,
  type CompactReport,
  type ComparedSet,
  type DiffCounts,
  type DiffExample,
  type DiffKind,
  type DiffOptions,
  type ExportOptions,
  type ExportReport,
  type GradingChange,
  type KeyInput,
  type OpenOptions,
  type PhotoDnaNeighbour,
  type PhotoDnaOptions,
  type SetEntry,
  type SetDiff,
  type SetMetadata,
  type SetSignature,
  type SignReport,
  type SimilarEntry,
  type SimilarOptions,
  type SourceDescription,
  type SourceFacts,
  type SourceUpdate,
  type UpdateOptions,
  type UpdateProgress,
  type UpdateReport
} from './index/index.js'
export { kernelFacts, type KernelFacts } from './kernels/index.js'
export { DEFAULT_NEAR, parseNear, type NearPolicy } from './match/index.js'
export {
  ahash,
  blockhash,
  dhash,
  dhashVertical,
  pdq,
  pdqDihedral,
  phash,
  whash,
  type Pdq,
  type PdqDihedral,
  type PerceptualHash
} from './perceptual/index.js'
export {
  createScanStream,
  hashFile,
  rematch,
  rematchLines,
  scan,
  scanLines,
  scanToFile,
  type HashedFile,
  type HashingOptions,
  type Progress,
  type RematchOptions,
  type RematchPlan,
  type RematchProgress,
  type RematchWay,
  type NamedContents,
  type ScanInput,
  type ScanOptions,
  type ScanToFileOptions
} from './pipeline/index.js'
export {
  type AuditEntry,
  type DuplicateFile,
  type DuplicateGroup,
  type DuplicatesOptions,
  findDuplicates,
  readResults,
  type ResultsFinding,
  type ResultsFindingCode,
  type VerifiedResults,
  verifyResults
} from './results/index.js'
export {
  type ReportFormatName,
  type ReportOptions,
  type ReportOutcome,
  type ReviewOptions,
  type ReviewOutcome,
  type RunningReview,
  serveReview,
  type ServeReviewOptions,
  writeReport,
  writeReview
} from './report/index.js'

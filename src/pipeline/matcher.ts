// Collects features into batches and has them matched: on threads that share one mapping, or right here.

import { setTimeout as pause } from 'node:timers/promises'
import type { Piscina } from 'piscina'
import { ExhibitHashError } from '../core/errors.js'
import { ownProgram } from '../files/index.js'
import type { HashSet } from '../index/index.js'
import {
  featuresFromHex,
  framesFromHex,
  matchFiles,
  type FileMatches,
  type MatchFeatures,
  type NearPolicy
} from '../match/index.js'
import type { FileFeatures } from './features.js'
import type { MatchAnswer, MatchWorkerData } from './match-worker.js'

const MAX_BATCH = 64

interface Question {
  readonly features: MatchFeatures
  readonly resolve: (found: FileMatches) => void
  readonly reject: (error: Error) => void
}

type AnswerBatch = (batch: MatchFeatures[]) => Promise<FileMatches[]>

/** One batch goes out as soon as a thread is free: batches are small on an idle machine and grow under load. */
export class Matcher {
  private readonly questions: Question[] = []
  private batchesOut = 0
  private scheduled = false

  private constructor(
    private readonly answerBatch: AnswerBatch,
    private readonly maxBatchesOut: number,
    private readonly end: () => Promise<void>
  ) {}

  /** Matches in this thread. */
  static inThread(sets: readonly HashSet[], near: NearPolicy): Matcher {
    const answer: AnswerBatch = (batch) => Promise.resolve(matchFiles(sets, batch, near))
    return new Matcher(answer, 1, () => Promise.resolve())
  }

  static async onThreads(sets: readonly HashSet[], near: NearPolicy, threads: number): Promise<Matcher> {
    const { Piscina } = await import('piscina')
    const workerData: MatchWorkerData = { sets: sets.map((set) => set.share()), near }
    const pool = new Piscina<MatchFeatures[], MatchAnswer>({
      filename: ownProgram('pipeline/match-worker'),
      // All at once and for good: a thread opens the sets when it starts, and must find the files that were named.
      minThreads: threads,
      maxThreads: threads,
      // Answers go out at once.
      resourceLimits: { maxYoungGenerationSizeMb: 3 },
      workerData
    })
    const started = waitForStart(pool)
    const answer: AnswerBatch = async (batch) => {
      const reply = await pool.run(batch)
      if ('answers' in reply) return reply.answers
      const { code, message, path } = reply.failure
      throw new ExhibitHashError(code, message, { path, stage: 'match' })
    }
    return new Matcher(answer, threads, async () => {
      await started()
      await pool.destroy()
    })
  }

  /** @throws {ExhibitHashError} INDEX_DAMAGED, SET_CLOSED: no honest answer is possible any more */
  match(features: MatchableFeatures): Promise<FileMatches> {
    return new Promise((resolve, reject) => {
      this.questions.push({ features: toMatchFeatures(features), resolve, reject })
      this.schedule()
    })
  }

  /**
   * Matches features that are many already, as one batch.
   * @throws {ExhibitHashError} INDEX_DAMAGED, SET_CLOSED
   */
  matchBatch(batch: MatchFeatures[]): Promise<FileMatches[]> {
    return this.answerBatch(batch)
  }

  close(): Promise<void> {
    return this.end()
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      while (this.questions.length > 0 && this.batchesOut < this.maxBatchesOut) void this.send()
    })
  }

  private async send(): Promise<void> {
    const batch = this.questions.splice(0, MAX_BATCH)
    this.batchesOut++
    try {
      const answers = await this.answerBatch(batch.map((question) => question.features))
      batch.forEach((question, i) => question.resolve(answers[i]))
    } catch (error) {
      for (const question of batch) question.reject(error as Error)
    } finally {
      this.batchesOut--
      this.schedule()
    }
  }
}

const START_LIMIT_MS = 10_000
const START_LOOK_MS = 5

/**
 * What waits until every thread has said that it runs, or has had the time for it. Node.js ends the whole process where
 * a thread is ended while it loads its modules (as of version 20), and Piscina counts threads that do. One that died has
 * another in its place.
 */
function waitForStart(pool: Piscina<MatchFeatures[], MatchAnswer>): () => Promise<void> {
  const running = new Set<unknown>()
  pool.on('message', (threadId) => running.add(threadId))
  return async () => {
    const limit = performance.now() + START_LIMIT_MS
    while (pool.threads.some(({ threadId }) => !running.has(threadId)) && performance.now() < limit) {
      await pause(START_LOOK_MS)
    }
  }
}

type MatchableFeatures = Pick<
  FileFeatures,
  'digests' | 'sizeBytes' | 'hashes' | 'pdqVariants' | 'frames' | 'frameVariants'
>

/** What matching needs of what is known of a file: as it was read, or as results keep it. */
export function toMatchFeatures({
  digests,
  sizeBytes,
  hashes,
  pdqVariants,
  frames,
  frameVariants
}: MatchableFeatures): MatchFeatures {
  const { pdqQuality = null, ...perceptual } = hashes ?? {}
  return {
    ...featuresFromHex({ ...digests, ...perceptual }, { sizeBytes, pdqQuality }),
    ...(pdqVariants !== undefined && { pdqVariants }),
    ...(frames && { frames: framesFromHex(frames, frameVariants) })
  }
}

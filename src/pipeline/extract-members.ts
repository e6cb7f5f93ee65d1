// Members of an archive of the exhibit, each with its features, in one order: read one after the other, decoded several
// at once. Runs where hostile bytes may run.

import { accessFile, type ArchiveLimits } from '../archives/index.js'
import type { FileError, FileTimes } from '../core/result.js'
import type { Advisor } from './advisor.js'
import { ArchiveWalk, type WalkedMember } from './archive-walk.js'
import type { ExtractTask } from './child/protocol.js'
import { archiveFeatures, contentFeatures, describeError } from './extract.js'
import { frameWay, withoutFrames } from './frame-way.js'
import { failedFeatures, skippedFeatures, type Care, type ExtractOptions, type FileFeatures } from './features.js'
import type { Part, Place } from './features.js'
import type { Flow } from './flow.js'
import { asReadError, fileChanged, openExhibitFile } from './open-file.js'
import { orderedMap } from './ordered-map.js'
import { readLimits } from './read-file.js'

export interface MembersTask extends ExtractTask {
  readonly place: Place
  readonly care: Care
  /** Members that are decoded at the same time. */
  readonly width: number
}

/** Never throws for a fault of the file: what ends the reading is a record of the rest. */
export async function* extractMembers(
  task: MembersTask,
  options: ExtractOptions,
  flow: Flow,
  advisor: Advisor
): AsyncGenerator<Part> {
  const members = walk(task, options, flow)
  const work = async (member: WalkedMember): Promise<Part> => {
    const held = member.read?.content?.bytes?.length ?? 0
    flow.hold(held)
    const features = await memberFeatures(member, options, advisor)
    flow.letGo(held)
    return { name: Uint8Array.from(member.name), features, next: member.next }
  }
  const { width } = task
  const bounds = {
    get concurrency() {
      return flow.isCareful ? 1 : width
    },
    window: 2 * width
  }
  try {
    yield* orderedMap(members, work, bounds)
  } finally {
    flow.stop()
  }
}

async function* walk(
  { location, place, care }: MembersTask,
  options: ExtractOptions,
  flow: Flow
): AsyncGenerator<WalkedMember> {
  try {
    const file = await openExhibitFile(location)
    if ('skipped' in file) throw fileChanged()
    try {
      const limits = options.archives as ArchiveLimits
      const walked = new ArchiveWalk(file, place, { limits, read: readLimits(options), care })
      const members = walked.members(accessFile(file.handle, file.sizeBytes))
      while (await flow.begin()) {
        const step = await members.next()
        if (step.done === true) return
        yield step.value
      }
    } finally {
      await file.close()
    }
  } catch (error) {
    yield { name: Buffer.alloc(0), read: null, archive: null, fault: asReadError(error), next: null }
  }
}

async function memberFeatures(member: WalkedMember, options: ExtractOptions, advisor: Advisor): Promise<FileFeatures> {
  const { name, modified, skipped, read, archive, fault } = member
  const times: { times?: FileTimes } = modified === undefined ? {} : { times: { modified: modified.toISOString() } }
  if (skipped !== undefined) return { ...skippedFeatures(skipped), ...times }
  const error = fault === null ? null : describeError(fault, 'READ_FAILED', 'unpack')
  // Without a fault it was passed over on purpose, and whoever wanted that knows why.
  if (read === null || read.content === null) return { ...failedFeatures(error ?? PASSED_OVER), ...times }
  const alone = await contentFeatures({ ...read.content, ...times }, name.toString(), options, advisor)
  const features = frameWay(alone, options) === null ? alone : withoutFrames(alone, 'not-a-file')
  return archive === null ? { ...features, error: error ?? features.error } : archiveFeatures(features, archive, fault)
}

const PASSED_OVER: FileError = { code: 'INTERNAL', message: 'the member was passed over', stage: 'unpack' }

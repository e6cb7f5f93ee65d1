// `doctor`: what is active on this machine.

import { Command } from '@commander-js/extra-typings'
import { availableParallelism } from 'node:os'
import { toExhibitHashError } from '../../core/errors.js'
import { decoderFacts, findHeicTool, findVideoTool, type FoundHeicTool } from '../../decode/index.js'
import { canDenyNetwork, kernelFacts } from '../../kernels/index.js'
import { DEFAULT_LIMITS } from '../../pipeline/index.js'
import { formatBytes, formatCount, printsJson, table, writeJson, writeText } from '../output.js'
import { packageVersion } from '../../files/index.js'

export function doctorCommand() {
  return new Command('doctor')
    .description('what is active here: addon or portable code, instruction set, decoders, versions, limits')
    .option('--json', 'print JSON also on a terminal')
    .addHelpText('after', '\nExample:\n  exhibit-hash doctor')
    .action(async ({ json }) => {
      const facts = await gatherFacts()
      if (printsJson(json)) await writeJson(facts)
      else await writeText(describe(facts))
    })
}

type Facts = Awaited<ReturnType<typeof gatherFacts>>

async function gatherFacts() {
  const decoders = await decoderFacts().catch((error: unknown) => toExhibitHashError(error, 'INTERNAL').message)
  const [heicTool, videoTool] = await Promise.all([findHeicTool(), findVideoTool()])
  return {
    version: packageVersion(),
    // Loads the addon: what could be found is not what works.
    kernels: kernelFacts(),
    childrenWithoutNetwork: canDenyNetwork(),
    decoders,
    heicTool,
    videoTool,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cores: availableParallelism(),
    limits: DEFAULT_LIMITS
  }
}

function describe(facts: Facts): string {
  const { version, kernels, decoders, node, platform, cores, limits, heicTool, videoTool } = facts
  const path =
    kernels.path === 'native'
      ? `native addon, ${kernels.isa} (available: ${kernels.available.join(', ')})`
      : `portable code in ${kernels.isa === 'wasm' ? 'WebAssembly' : 'TypeScript'}: ${kernels.reason ?? ''}`
  const rows = [
    ['exhibit-hash', version],
    ['kernels', path],
    ['Node.js', `${node}, ${platform}, ${cores} cores`],
    [
      'limits',
      `a file: ${formatCount(limits.maxPixels)} pixels, ${formatBytes(limits.maxDecodeBytes)}, ${limits.timeoutMs / 1000} s, ` +
        `${formatBytes(limits.maxMemoryBytes)} of memory`
    ],
    ['network', facts.childrenWithoutNetwork ? 'children that parse files have none' : NETWORK_LEFT]
  ]
  if (typeof decoders === 'string') rows.push(['decoders', `NONE: ${decoders}`])
  else for (const decoder of decoders) rows.push([decoder.name, `${decoder.version}: ${decoder.formats.join(', ')}`])
  rows.push(['frames of videos', toolText(videoTool) ?? 'none: FFmpeg 5.1 or later is not on PATH; digests only'])
  rows.push(['for --heic native', toolText(heicTool) ?? 'none on PATH'])
  return table(['doctor', ''], rows)
}

const NETWORK_LEFT = 'not taken from children that parse files: only the addon can, on Linux'

function toolText(tool: FoundHeicTool | null): string | null {
  return tool === null ? null : `${tool.kind} ${tool.version}, ${tool.path}`
}

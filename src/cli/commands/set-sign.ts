// `set sign`, `set keygen`: Ed25519 signatures of hash sets.

import { Command } from '@commander-js/extra-typings'
import { makeSigningKeys, signHashSet } from '../../index/index.js'
import { formatCount, printsJson, writeJson, writeText } from '../output.js'

export function signCommand() {
  return new Command('sign')
    .description('sign an index with its updates; the signature lies in the .head file beside it')
    .argument('<index>')
    .requiredOption('--key <private.pem>', 'Ed25519 private key')
    .option('--json', 'print the report as JSON also on a terminal')
    .addHelpText('after', '\nExample:\n  exhibit-hash set sign caid.ehx --key private.pem')
    .action(async (index, { key, json }) => {
      const report = await signHashSet(index, { key })
      if (printsJson(json)) await writeJson(report)
      else {
        const updates = report.layers.length === 0 ? '' : ` and ${formatCount(report.layers.length)} updates`
        await writeText(`${index}: index${updates} signed with key ${report.key}`)
      }
    })
}

export function keygenCommand() {
  return new Command('keygen')
    .description('make an Ed25519 pair of keys; the private file is readable by its owner only')
    .argument('<private.pem>', 'key that signs: keep it apart from the sets')
    .argument('<public.pem>', 'key that checks: for everyone who uses the sets')
    .option('--json', 'print JSON also on a terminal')
    .addHelpText('after', '\nExample:\n  exhibit-hash set keygen private.pem public.pem')
    .action(async (privatePath, publicPath, { json }) => {
      const { key } = await makeSigningKeys(privatePath, publicPath)
      if (printsJson(json)) await writeJson({ privateKey: privatePath, publicKey: publicPath, key })
      else await writeText(`${privatePath}, ${publicPath}: key ${key}`)
    })
}

// Signatures: the right key opens a set, and nothing that was changed since it was signed.

import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compactHashSet, HashSet, makeSigningKeys, signHashSet, type ErrorCode, type KeyInput } from 'exhibit-hash'
import { buildRows, md5, type Row, type SetPlace, updateRows } from '../support/layers.js'
import { tempFolder } from '../support/temp.js'

const one = (id: number, category = 1): Row => ({ mediaId: String(id), category, md5: md5(id) })

interface Signed extends SetPlace {
  readonly privateKey: string
  readonly publicKey: string
}

async function signed(): Promise<Signed> {
  const place = await buildRows({ 'a.csv': [one(1), one(2)] })
  const [privateKey, publicKey] = ['private.pem', 'public.pem'].map((name) => join(place.folder, name))
  await makeSigningKeys(privateKey, publicKey)
  await signHashSet(place.index, { key: privateKey })
  return { ...place, privateKey, publicKey }
}

async function entries(index: string, requireSignature?: KeyInput): Promise<number> {
  await using set = await HashSet.open(index, requireSignature === undefined ? {} : { requireSignature })
  return set.size
}

describe('a signed set', () => {
  test('opens with its public key, as path, PEM text or key, and without one', async () => {
    const { index, publicKey } = await signed()
    const pem = readFileSync(publicKey, 'utf8')
    for (const key of [publicKey, pem, createPublicKey(pem), undefined]) expect(await entries(index, key)).toBe(2)
    await using set = await HashSet.open(index, { requireSignature: pem })
    expect(set.signature).toMatchObject({ checked: true })
    await using unchecked = await HashSet.open(index)
    expect(unchecked.signature).toEqual({ key: set.signature?.key, checked: false })
  })

  test('is left as it was by signing, updating and folding, and signed after each', async () => {
    const { privateKey: key, publicKey, ...place } = await signed()
    const base = readFileSync(place.index)
    expect(await updateRows(place, { add: { 'a.csv': [one(3)] } }, { key })).toMatchObject({ signed: true })
    expect(readFileSync(place.index).equals(base)).toBe(true)
    expect(await entries(place.index, publicKey)).toBe(3)
    expect(await compactHashSet(place.index, { key })).toMatchObject({ signed: true, folded: 1 })
    expect(await entries(place.index, publicKey)).toBe(3)
    const out = join(place.folder, 'out.ehx')
    await compactHashSet(place.index, { out, key })
    expect(await entries(out, publicKey)).toBe(3)
  })

  test('is changed only with its key, or with leave to drop the signature', async () => {
    const place = await signed()
    const add = { 'a.csv': [one(3)] }
    await expect(updateRows(place, { add })).rejects.toMatchObject({ code: 'USAGE', path: place.index })
    await expect(compactHashSet(place.index)).rejects.toMatchObject({ code: 'USAGE' })
    const other = (await signed()).privateKey
    await expect(updateRows(place, { add }, { key: other })).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
    expect(await entries(place.index, place.publicKey)).toBe(2)
    expect(await updateRows(place, { add }, { dropSignature: true })).toMatchObject({ signed: false })
    await expect(entries(place.index, place.publicKey)).rejects.toMatchObject({ code: 'SIGNATURE_MISSING' })
    expect(await entries(place.index)).toBe(3)
  })

  test('can be signed anew with another key', async () => {
    const { index, publicKey } = await signed()
    const other = await signed()
    await signHashSet(index, { key: other.privateKey })
    expect(await entries(index, other.publicKey)).toBe(2)
    await expect(entries(index, publicKey)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
  })
})

describe('with a signature required, a set is refused', () => {
  const change = (place: SetPlace, to: (value: Record<string, never>) => unknown): void => {
    const path = `${place.index}.head`
    const value = JSON.parse(readFileSync(path, 'utf8'))
    to(value)
    writeFileSync(path, JSON.stringify(value))
  }

  test.each<[string, ErrorCode, (place: Signed, old: Buffer) => unknown]>([
    ['that has no head', 'SIGNATURE_MISSING', ({ index }) => rmSync(`${index}.head`)],
    ['whose signature was cut out', 'SIGNATURE_MISSING', (place) => change(place, (head) => delete head.signature)],
    [
      'whose head was shortened and signed by nobody',
      'SIGNATURE_INVALID',
      (place) => change(place, (head) => (head.layers as unknown[]).pop())
    ],
    [
      'whose head names another root',
      'SIGNATURE_INVALID',
      (place) => change(place, (head) => ((head as Record<string, unknown>).next = 'a'.repeat(64)))
    ],
    [
      'whose head names the key but has another signature',
      'SIGNATURE_INVALID',
      (place) => change(place, (head: Record<string, { value?: string }>) => (head.signature.value = 'AAAA'))
    ],
    [
      'whose head was put back to fewer layers, which are there',
      'LAYER_UNLISTED',
      ({ index }, old) => writeFileSync(`${index}.head`, old)
    ],
    [
      'one of whose layers is another one',
      'LAYER_CHANGED',
      async (place) => {
        const other = await buildRows({ 'a.csv': [one(1), one(2)] })
        await updateRows(other, { add: { 'a.csv': [one(3, 9)] } })
        copyFileSync(`${other.index}.layer-1`, `${place.index}.layer-1`)
      }
    ],
    [
      'whose index was replaced',
      'HEAD_FOREIGN',
      async ({ index }) => copyFileSync((await buildRows({ 'a.csv': [one(9)] })).index, index)
    ],
    [
      'that was signed with another key',
      'SIGNATURE_INVALID',
      async ({ index }) => signHashSet(index, { key: (await signed()).privateKey })
    ]
  ])('%s', async (_, code, spoil) => {
    const place = await signed()
    const old = readFileSync(`${place.index}.head`)
    await updateRows(place, { add: { 'a.csv': [one(3)] } }, { key: place.privateKey })
    expect(await entries(place.index, place.publicKey)).toBe(3)
    await spoil(place, old)
    await expect(entries(place.index, place.publicKey)).rejects.toMatchObject({ code })
  })

  test('and nobody signs on top of what was changed', async () => {
    const place = await signed()
    await updateRows(place, { add: { 'a.csv': [one(3)] } }, { key: place.privateKey })
    change(place, (head: Record<string, { value?: string }>) => (head.signature.value = 'AAAA'))
    const key = place.privateKey
    await expect(signHashSet(place.index, { key })).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
    const more = updateRows(place, { add: { 'a.csv': [one(4)] } }, { key })
    await expect(more).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
  })
})

describe('keys', () => {
  test('are made where nothing is, the private one readable by its owner only', async () => {
    const folder = tempFolder()
    const [privatePath, publicPath] = [join(folder, 'a.pem'), join(folder, 'b.pem')]
    const { key } = await makeSigningKeys(privatePath, publicPath)
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(createPrivateKey(readFileSync(privatePath)).asymmetricKeyType).toBe('ed25519')
    if (process.platform !== 'win32') expect(statSync(privatePath).mode & 0o777).toBe(0o600)
    await expect(makeSigningKeys(privatePath, join(folder, 'c.pem'))).rejects.toMatchObject({ code: 'USAGE' })
    await expect(makeSigningKeys(join(folder, 'd.pem'), publicPath)).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('are made both or not at all', async () => {
    const folder = tempFolder()
    const privatePath = join(folder, 'a.pem')
    await expect(makeSigningKeys(privatePath, join(folder, 'none', 'b.pem'))).rejects.toMatchObject({
      code: 'WRITE_FAILED'
    })
    expect(readdirSync(folder)).toEqual([])
  })

  test('that are missing, of another kind or the wrong half are refused by code', async () => {
    const { index, privateKey, publicKey } = await signed()
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const unusable = [join(index, 'none.pem'), 'x', rsa.publicKey, privateKey, readFileSync(privateKey, 'utf8')]
    for (const key of unusable) await expect(entries(index, key)).rejects.toMatchObject({ code: 'KEY_UNUSABLE' })
    for (const key of [publicKey, 'none.pem', rsa.privateKey, 5 as unknown as string]) {
      await expect(signHashSet(index, { key })).rejects.toMatchObject({ code: 'KEY_UNUSABLE' })
    }
  })
})

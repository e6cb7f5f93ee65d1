// The DCT-II of 32 doubles as SciPy computes it, bit for bit: pHash compares its values with their median, and on flat
// or regular pictures they tie with it but for the last bits.
//
// Source: pocketfft as in SciPy 1.10 (pocketfft_hdronly.h: T_dcst23, rfftp with factors 2, 4, 4, radb2, radb4). Sums
// and products stand in its order. The constants are what its sincos_2pibyn yields with glibc: not always the double
// nearest to the cosine, so they are written down, never computed.

const N = 32
const SQRT2 = Math.SQRT2

// prettier-ignore
const DCT_TWIDDLES = Float64Array.of(
  0.9987954562051724, 0.9951847266721969, 0.989176509964781, 0.9807852804032304, 0.970031253194544, 0.9569403357322088,
  0.9415440651830208, 0.9238795325112867, 0.9039892931234433, 0.881921264348355, 0.8577286100002721, 0.8314696123025452,
  0.8032075314806449, 0.773010453362737, 0.7409511253549591, 0.7071067811865475, 0.6715589548470183, 0.6343932841636455,
  0.5956993044924332, 0.5555702330196022, 0.5141027441932217, 0.47139673682599753, 0.42755509343028203,
  0.38268343236508967, 0.33688985339221994, 0.2902846772544623, 0.24298017990326393, 0.19509032201612825,
  0.14673047445536164, 0.09801714032956049, 0.04906767432741799
)
/** Cosine and sine in turn, for the pass of radix 2. */
// prettier-ignore
const RADIX2_TWIDDLES = Float64Array.of(
  0.9807852804032304, 0.19509032201612825, 0.9238795325112867, 0.3826834323650898, 0.8314696123025452,
  0.5555702330196022, 0.7071067811865475, 0.7071067811865476, 0.5555702330196022, 0.8314696123025452,
  0.3826834323650898, 0.9238795325112867, 0.19509032201612825, 0.9807852804032304
)
/** Cosine and sine for the second, third and fourth output of the first pass of radix 4. */
// prettier-ignore
const RADIX4_TWIDDLES = Float64Array.of(
  0.9238795325112867, 0.3826834323650898, 0.7071067811865475, 0.7071067811865476, 0.3826834323650898,
  0.9238795325112867
)

/** One butterfly of 2 over 16 pairs. */
function radix2(from: Float64Array, to: Float64Array): void {
  const half = N / 2
  to[0] = from[0] + from[N - 1]
  to[half] = from[0] - from[N - 1]
  to[half - 1] = 2 * from[half - 1]
  to[N - 1] = -2 * from[half]
  for (let i = 2; i < half; i += 2) {
    const mirrored = half + half - i
    const tr2 = from[i - 1] - from[mirrored - 1]
    const ti2 = from[i] + from[mirrored]
    const cosine = RADIX2_TWIDDLES[i - 2]
    const sine = RADIX2_TWIDDLES[i - 1]
    to[i - 1] = from[i - 1] + from[mirrored - 1]
    to[i] = from[i] - from[mirrored]
    to[half + i] = cosine * ti2 + sine * tr2
    to[half + i - 1] = cosine * tr2 - sine * ti2
  }
}

/** First butterfly of 4: two groups of four runs of four values. */
function radix4Runs(from: Float64Array, to: Float64Array): void {
  for (let group = 0; group < 2; group++) {
    const a = 16 * group
    const b = 4 * group
    const tr1 = from[a] - from[a + 15]
    const tr2 = from[a] + from[a + 15]
    const tr3 = 2 * from[a + 7]
    const tr4 = 2 * from[a + 8]
    to[b] = tr2 + tr3
    to[b + 16] = tr2 - tr3
    to[b + 24] = tr1 + tr4
    to[b + 8] = tr1 - tr4
    radix4Ends(from, a, to, b)
    radix4Middle(from, a, to, b)
  }
}

function radix4Ends(from: Float64Array, a: number, to: Float64Array, b: number): void {
  const ti1 = from[a + 12] + from[a + 4]
  const ti2 = from[a + 12] - from[a + 4]
  const tr2 = from[a + 3] + from[a + 11]
  const tr1 = from[a + 3] - from[a + 11]
  to[b + 3] = tr2 + tr2
  to[b + 11] = SQRT2 * (tr1 - ti1)
  to[b + 19] = ti2 + ti2
  to[b + 27] = -SQRT2 * (tr1 + ti1)
}

function radix4Middle(from: Float64Array, a: number, to: Float64Array, b: number): void {
  const tr2 = from[a + 1] + from[a + 13]
  const tr1 = from[a + 1] - from[a + 13]
  const ti1 = from[a + 2] + from[a + 14]
  const ti2 = from[a + 2] - from[a + 14]
  const tr4 = from[a + 10] + from[a + 6]
  const ti3 = from[a + 10] - from[a + 6]
  const tr3 = from[a + 9] + from[a + 5]
  const ti4 = from[a + 9] - from[a + 5]
  const [w0, w1, w2, w3, w4, w5] = RADIX4_TWIDDLES as unknown as [number, number, number, number, number, number]
  to[b + 1] = tr2 + tr3
  to[b + 2] = ti2 + ti3
  const cr3 = tr2 - tr3
  const ci3 = ti2 - ti3
  const cr4 = tr1 + tr4
  const cr2 = tr1 - tr4
  const ci2 = ti1 + ti4
  const ci4 = ti1 - ti4
  to[b + 10] = w0 * ci2 + w1 * cr2
  to[b + 9] = w0 * cr2 - w1 * ci2
  to[b + 18] = w2 * ci3 + w3 * cr3
  to[b + 17] = w2 * cr3 - w3 * ci3
  to[b + 26] = w4 * ci4 + w5 * cr4
  to[b + 25] = w4 * cr4 - w5 * ci4
}

/** Last butterfly of 4, over single values. */
function radix4Single(from: Float64Array, to: Float64Array): void {
  for (let k = 0; k < 8; k++) {
    const a = 4 * k
    const tr2 = from[a] + from[a + 3]
    const tr1 = from[a] - from[a + 3]
    const tr3 = 2 * from[a + 1]
    const tr4 = 2 * from[a + 2]
    to[k] = tr2 + tr3
    to[k + 16] = tr2 - tr3
    to[k + 24] = tr1 + tr4
    to[k + 8] = tr1 - tr4
  }
}

const scratch = new Float64Array(N)

/** Transforms 32 values in place, without normalisation. */
export function dct32(values: Float64Array): void {
  values[0] *= 2
  values[N - 1] *= 2
  for (let k = 1; k < N - 1; k += 2) {
    const next = values[k + 1]
    values[k + 1] = next - values[k]
    values[k] += next
  }
  radix2(values, scratch)
  radix4Runs(scratch, values)
  radix4Single(values, scratch)
  values.set(scratch)
  for (let k = 1, mirrored = N - 1; k < N / 2; k++, mirrored--) {
    const sum = DCT_TWIDDLES[k - 1] * values[mirrored] + DCT_TWIDDLES[mirrored - 1] * values[k]
    const difference = DCT_TWIDDLES[k - 1] * values[k] - DCT_TWIDDLES[mirrored - 1] * values[mirrored]
    values[k] = 0.5 * (sum + difference)
    values[mirrored] = 0.5 * (sum - difference)
  }
  values[N / 2] *= DCT_TWIDDLES[N / 2 - 1]
}

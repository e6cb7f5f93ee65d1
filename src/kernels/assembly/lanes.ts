// The vector vocabulary: four float32 numbers a register. No fused or relaxed operation, so the bits are everybody's.

/** Numbers in a register. */
export const LANES: i32 = 4
/** Rows that advance together: two registers, because each running sum waits for its own last addition. */
export const BAND: i32 = 8
/** Bytes of a column of a band. */
export const COLUMN: usize = <usize>BAND * 4
/** Bytes of as many columns as a register has numbers. */
export const BLOCK: usize = <usize>LANES * COLUMN

/** Methods, for `@inline` on plain functions is no TypeScript. */
export class Lanes {
  /** The running sum after one more sample has come in and one has left. */
  @inline
  static step(sum: v128, right: usize, left: usize): v128 {
    return f32x4.sub(f32x4.add(sum, v128.load(right)), v128.load(left))
  }

  /** Four registers as the columns of four rows, `stride` bytes apart. Bits are moved, not numbers. */
  @inline
  static storeTransposed(a: v128, b: v128, c: v128, d: v128, to: usize, stride: usize): void {
    const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
    const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
    const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
    const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
    v128.store(to, v128.shuffle<i64>(abLow, cdLow, 0, 2))
    v128.store(to + stride, v128.shuffle<i64>(abLow, cdLow, 1, 3))
    v128.store(to + 2 * stride, v128.shuffle<i64>(abHigh, cdHigh, 0, 2))
    v128.store(to + 3 * stride, v128.shuffle<i64>(abHigh, cdHigh, 1, 3))
  }

  /** The quotients of four registers, transposed. */
  @inline
  static storeQuotients(
    a: v128,
    b: v128,
    c: v128,
    d: v128,
    byA: v128,
    byB: v128,
    byC: v128,
    byD: v128,
    to: usize,
    stride: usize
  ): void {
    Lanes.storeTransposed(f32x4.div(a, byA), f32x4.div(b, byB), f32x4.div(c, byC), f32x4.div(d, byD), to, stride)
  }

  /** Luma of four pixels of three bytes: 0.299 R + 0.587 G + 0.114 B, left to right. Reads 16 bytes. */
  @inline
  static ofRgb(pixels: usize): v128 {
    const bytes = v128.load(pixels)
    const red = Lanes.spread(bytes, i8x16(0, -1, -1, -1, 3, -1, -1, -1, 6, -1, -1, -1, 9, -1, -1, -1))
    const green = Lanes.spread(bytes, i8x16(1, -1, -1, -1, 4, -1, -1, -1, 7, -1, -1, -1, 10, -1, -1, -1))
    const blue = Lanes.spread(bytes, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1))
    const first = f32x4.mul(red, f32x4.splat(0.299))
    const second = f32x4.mul(green, f32x4.splat(0.587))
    return f32x4.add(f32x4.add(first, second), f32x4.mul(blue, f32x4.splat(0.114)))
  }

  /** The bytes at `places` as numbers; a place of −1 is zero. */
  @inline
  static spread(bytes: v128, places: v128): v128 {
    return f32x4.convert_i32x4_s(i8x16.swizzle(bytes, places))
  }

  /** Four samples of one byte. Reads 4 bytes. */
  @inline
  static ofGrey(pixels: usize): v128 {
    return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(pixels))))
  }
}

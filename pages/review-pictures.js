// Pictures of the review page, only from a server and only when asked for.

/* global ask, currentRow, element, examinerName, make, nameMissing, printable, say */
/* exported showBlurred, askForOriginal, showOriginal */

async function showBlurred() {
  const row = currentRow()
  if (row === null || !row.isViewable) return
  try {
    const { side, grey } = await (await ask('blurred', { row: row.index, examiner: examinerName() })).json()
    if (currentRow()?.index !== row.index) return
    const canvas = make('canvas', undefined, {
      width: side,
      height: side,
      role: 'img',
      'aria-label': 'blurred grey preview'
    })
    const pixels = new ImageData(side, side)
    for (let i = 0; i < side * side; i++) {
      pixels.data.set([grey[i], grey[i], grey[i], 255], i * 4)
    }
    canvas.getContext('2d').putImageData(pixels, 0, 0)
    element('picture').replaceChildren(canvas)
  } catch (error) {
    say(`No preview: ${error.message}`)
  }
}

/** The file that the question is about. */
let asked = null

function askForOriginal() {
  const row = currentRow()
  if (row === null || !row.isViewable || nameMissing('Say first who looks.')) return
  asked = row
  element('ask-path').textContent = printable(row.path)
  element('ask').returnValue = ''
  element('ask').showModal()
}

async function showOriginal() {
  if (element('ask').returnValue !== 'show' || asked === null) return
  const { index } = asked
  try {
    const blob = await (await ask('original', { row: index, examiner: examinerName() })).blob()
    // Beside another file it would be taken for that one, and the next key would grade the wrong file.
    if (currentRow()?.index !== index) {
      say('The original came when another file was selected, and is not shown; the log has it as shown.')
      return
    }
    await showPicture(blob)
    say('The original is shown; this was written to the log.')
  } catch (error) {
    say(`The original cannot be shown: ${error.message}`)
  }
}

async function showPicture(blob) {
  const image = make('img', undefined, { alt: 'original picture' })
  image.src = URL.createObjectURL(blob)
  element('picture').replaceChildren(image)
  try {
    await image.decode()
  } finally {
    URL.revokeObjectURL(image.src)
  }
}

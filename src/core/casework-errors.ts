// The part of the error table that is about casework: what is made of results.

export interface ErrorDescription {
  readonly meaning: string
  readonly advice: string
}

/** Taken into ERROR_CODES. */
export const CASEWORK_ERRORS = {
  MAPPING_INVALID: {
    meaning: 'A file is no mapping between the categories of two profiles.',
    advice: 'It has "from" and "to" (profiles as results name them, such as "us 2.0") and "categories" (code → code).'
  },
  RULE_INVALID: {
    meaning: 'A file is no rule of corroboration.',
    advice: 'See "How sure a grading is" in the README for what a rule file may say.'
  },
  KEYED_MANIFEST_INVALID: {
    meaning: 'A file is no keyed manifest, is cut off, or was changed.',
    advice: 'Ask whoever made it to send it again; it is made by: exhibit-hash corroborate keyed'
  },
  KEYED_MANIFEST_FOREIGN: {
    meaning: 'Keyed manifests were made with different keys, so nothing in them can be compared.',
    advice: 'Everybody who compares uses one key: exhibit-hash corroborate keygen'
  },
  REFERRAL_INVALID: {
    meaning: 'A referral has no report that can be read, or several.',
    advice: 'A referral is a folder or archive with one report (JSON, XML or CSV of digests) beside its files.'
  },
  WORKLIST_INVALID: {
    meaning: 'A file is no worklist of referrals, or was damaged.',
    advice: 'Name a file that referrals --worklist wrote, or one that is not there yet.'
  },
  GRADES_INVALID: {
    meaning: 'A file of grades, or a grade in it, cannot be read as one.',
    advice: 'A grade has a digest or a path, and a category: as a row of CSV with a header, or as JSON.'
  },
  GRADES_CONTRADICT: {
    meaning: 'Two grades of one file differ, and nothing says which of them counts.',
    advice: 'Let the examiners agree, and keep one grade; of one examiner the later time counts.'
  },
  GRADE_WITHOUT_FILE: {
    meaning: 'A file was graded that is not in the results.',
    advice: 'Name all results that the grades are of; --allow-unknown leaves such grades out and counts them.'
  },
  PACKAGE_INVALID: {
    meaning: 'A case package (VICS) is broken, or not what an upload can take.',
    advice: 'See what upload --check says of it; make it again with grade, or with the tool that it came from.'
  },
  UPLOAD_REFUSED: {
    meaning: 'The server refused a step of the upload.',
    advice: 'Its answer is in the message: check address, credentials and rights.'
  },
  UPLOAD_FAILED: {
    meaning: 'The server could not be reached, or kept failing.',
    advice: 'Run the same command again later: it goes on where it stopped.'
  },
  UPLOAD_CONFLICT: {
    meaning: 'The server knows the case number under another identity.',
    advice: 'Ask the administrator of the server which case it is; give its identity with grade --case-id.'
  },
  UPLOAD_MISMATCH: {
    meaning: 'The server says that it holds something else than was sent, or does not say that it holds all of it.',
    advice:
      'Do not rely on the upload: let the administrator of the server look, and remove the file, and upload again.'
  }
} as const satisfies Record<string, ErrorDescription>

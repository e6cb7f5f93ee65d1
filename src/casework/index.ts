// The room's face, and the subpath `exhibit-hash/casework`: what is made of results in the course of a case.

export { checkCategoryMapping, loadCategoryMapping } from './category-mapping.js'

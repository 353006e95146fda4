/** What `package-lock.json` says of who needs what. */

/**
 * The packages that some workspaces need, with those they need in turn, as a part of the lock file: of a workspace and of
 * the root also what they are built and tested with. Optional ones are followed where the lock file has them.
 */
export function neededBy(lock, workspaces) {
  const needed = {}
  const visit = (path) => {
    const entry = lock[path]
    if (!entry || path in needed) return
    needed[path] = entry
    if (entry.link) return visit(entry.resolved)
    const isOwn = !path.includes('node_modules/')
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta = {}, devDependencies } = entry
    const required = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta[name]?.optional)
    for (const name of [
      ...Object.keys({ ...dependencies, ...optionalDependencies, ...(isOwn && devDependencies) }),
      ...required,
    ]) {
      visit(found(lock, path, name) ?? '')
    }
  }
  for (const path of ['', ...workspaces]) visit(path)
  return needed
}

/** Where Node finds a package that is asked for from `path`. */
function found(lock, path, name) {
  for (let folder = path; ; folder = folder.replace(/(^|\/)[^/]*$/, '')) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (candidate in lock) return candidate
    if (folder === '') return undefined
  }
}

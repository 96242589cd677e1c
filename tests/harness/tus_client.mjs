// tus-js-client as a phone would use it: node tus_client.mjs <web/package.json> <what>, what = JSON on one line.
// Says "chunk <bytes>" after each acknowledged piece, "retry" before each further try, "done <url>" at the end.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [packageJson, what] = process.argv.slice(2)
const { Upload } = createRequire(packageJson)('tus-js-client')
const { endpoint, file, headers, metadata, chunkSize } = JSON.parse(what)

const upload = new Upload(readFileSync(file), {
  endpoint,
  headers,
  metadata,
  chunkSize,
  retryDelays: Array(100).fill(200),
  onChunkComplete: (size, accepted) => console.log(`chunk ${accepted}`),
  onShouldRetry: () => {
    console.log('retry')
    return true
  },
  onSuccess: () => console.log(`done ${upload.url}`),
  onError: (error) => {
    console.log(`error ${error.message}`)
    process.exitCode = 1
  },
})
upload.start()

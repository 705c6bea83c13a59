import { EMPTY_NAMES, LAYERS, MAX_FILE_LINES, MODULE_HOMES, TOOL_FILE } from './import-table.ts';
import type { Layer, ModuleHome } from './import-table.ts';
import { importsOf, packageOf, targetOf } from './imports.ts';
import type { Import, Source } from './imports.ts';

export interface Violation {
  readonly rule: 'layer' | 'types-only' | 'platform' | 'home' | 'cycle' | 'size' | 'name';
  readonly path: string;
  readonly message: string;
}

/** Holds the sources against the table. Everything is looked at for size, name and cycles; layers bind shipped code. */
export function checkLayers(sources: readonly Source[]): readonly Violation[] {
  const imports = new Map(sources.map((source) => [source.path, importsOf(source)]));
  return [
    ...sources.flatMap(shapeViolations),
    ...[...imports].flatMap(([path, list]) => importViolations(path, list)),
    ...crowdedHomes(imports),
    ...cycles(imports),
  ];
}

export function layerOf(path: string): Layer | undefined {
  if (TOOL_FILE.test(path)) return undefined;
  const matching = LAYERS.filter(({ folder }) => path === folder || path.startsWith(`${folder}/`));
  return matching.sort((a, b) => b.folder.length - a.folder.length)[0];
}

function shapeViolations({ path, text }: Source): Violation[] {
  const found: Violation[] = [];
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > MAX_FILE_LINES) {
    found.push({ rule: 'size', path, message: `${lines} lines; split it by idea (limit ${MAX_FILE_LINES})` });
  }
  const named = path.split('/').find((part) => EMPTY_NAMES.includes(part.split('.')[0] ?? ''));
  if (named !== undefined) found.push({ rule: 'name', path, message: `"${named}" says nothing about what is inside` });
  return found;
}

function importViolations(path: string, imports: readonly Import[]): Violation[] {
  const layer = layerOf(path);
  if (layer === undefined) return [];
  return imports.flatMap((entry) => {
    const target = targetOf(path, entry.specifier);
    return target === undefined ? outsideViolation(path, layer, entry) : insideViolation(path, layer, entry, target);
  });
}

function insideViolation(path: string, layer: Layer, entry: Import, target: string): Violation[] {
  const other = layerOf(target)?.folder;
  if (other === undefined) return [{ rule: 'layer', path, message: `imports ${target}, which is not shipped` }];
  if (other === layer.folder || layer.imports.includes(other)) return [];
  if (layer.typesOf?.includes(other) !== true) {
    return [{ rule: 'layer', path, message: `${layer.folder} may not import ${other} (${target})` }];
  }
  if (entry.typeOnly) return [];
  return [{ rule: 'types-only', path, message: `${layer.folder} may know only types of ${other}: import type` }];
}

function outsideViolation(path: string, layer: Layer, { specifier }: Import): Violation[] {
  const home = homeOf(specifier);
  if (home !== undefined && !home.home.test(path)) {
    return [{ rule: 'home', path, message: `${home.module} has another home: ${home.home.source}` }];
  }
  if (home === undefined && !specifier.startsWith('node:')) {
    return [{ rule: 'home', path, message: `"${specifier}" has no home in build/layers/import-table.ts` }];
  }
  if (!specifier.startsWith('node:') || layer.platform === 'any' || layer.platform.includes(specifier)) return [];
  return [{ rule: 'platform', path, message: `${layer.folder} may not use ${specifier}` }];
}

function homeOf(specifier: string): ModuleHome | undefined {
  return MODULE_HOMES.find(({ module }) => module === packageOf(specifier));
}

function crowdedHomes(imports: ReadonlyMap<string, readonly Import[]>): Violation[] {
  return MODULE_HOMES.flatMap(({ module, atMost = 1 }) => {
    const users = [...imports]
      .filter(([path, list]) => layerOf(path) !== undefined && list.some((e) => packageOf(e.specifier) === module))
      .map(([path]) => path);
    if (users.length <= atMost) return [];
    const message = `${module} is imported by ${users.join(', ')}; ${atMost} may`;
    return [{ rule: 'home', path: users[1] ?? '', message }];
  });
}

/** Depth first; each cycle is reported once, at the import that closes it. Type imports count: reading goes one way. */
function cycles(imports: ReadonlyMap<string, readonly Import[]>): Violation[] {
  const found: Violation[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      found.push({ rule: 'cycle', path, message: [...trail.slice(start), path].join(' -> ') });
      return;
    }
    if (done.has(path)) return;
    for (const { specifier } of imports.get(path) ?? []) {
      const target = targetOf(path, specifier);
      if (target !== undefined && imports.has(target)) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
}

import type { Menu, MenuItemConstructorOptions } from 'electron';

/** macOS has copy and paste from its menu alone; elsewhere the window needs none. */
export function setMenu(
  menu: Pick<typeof Menu, 'buildFromTemplate' | 'setApplicationMenu'>,
  platform: NodeJS.Platform,
): void {
  const roles: MenuItemConstructorOptions[] = [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }];
  menu.setApplicationMenu(platform === 'darwin' ? menu.buildFromTemplate(roles) : null);
}

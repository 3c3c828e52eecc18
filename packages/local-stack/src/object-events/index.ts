export { admitNotifications, declaredNotifications } from './configuration.ts';
export { createNotifier, type ObjectEvent } from './notify.ts';

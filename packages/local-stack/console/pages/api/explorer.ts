import { token as consoleToken } from '../../data/request.ts';

interface SwaggerRequest {
  url: string;
  headers: Record<string, string>;
}
interface SwaggerUi {
  preauthorizeApiKey(scheme: string, value: string): void;
}
type CreateSwaggerUi = (options: Readonly<Record<string, unknown>>) => SwaggerUi;

declare global {
  interface Window {
    SwaggerUIBundle?: CreateSwaggerUi;
  }
}

let loaded: Promise<CreateSwaggerUi> | undefined;

/** Swagger UI as its package ships it; it is loaded when the page is first opened. */
const load = (): Promise<CreateSwaggerUi> => {
  loaded ??= new Promise((resolve, reject) => {
    const style = Object.assign(document.createElement('link'), {
      rel: 'stylesheet',
      href: '/assets/swagger-ui.css',
    });
    const script = Object.assign(document.createElement('script'), { src: '/assets/swagger-ui-bundle.js' });
    script.onload = () =>
      window.SwaggerUIBundle ? resolve(window.SwaggerUIBundle) : reject(new Error('no Swagger UI'));
    script.onerror = () => reject(new Error('the explorer could not be loaded'));
    document.head.append(style, script);
  });
  return loaded;
};

export interface Explorer {
  /** Sends this token with every request from now on. */
  signIn(token: string): void;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The names of the schemes that take a bearer token. */
const bearerSchemes = (document: unknown): string[] => {
  const components = isRecord(document) ? document.components : undefined;
  const schemes = isRecord(components) ? components.securitySchemes : undefined;
  return Object.entries(isRecord(schemes) ? schemes : {}).flatMap(([name, scheme]) =>
    isRecord(scheme) && scheme.type === 'http' && scheme.scheme === 'bearer' ? name : [],
  );
};

/**
 * Shows an OpenAPI document. Requests are shown as they would go to the API, and go through the console, which the API
 * need not allow to its pages.
 */
export const openExplorer = async (
  place: HTMLElement,
  document: unknown,
  apiUrl: string,
): Promise<Explorer> => {
  const create = await load();
  // The frame has the page's one main landmark; Swagger UI draws another.
  new MutationObserver(() => place.querySelector('main:not([role])')?.setAttribute('role', 'group')).observe(
    place,
    {
      childList: true,
      subtree: true,
    },
  );
  let authorization: string | undefined;
  const ui = create({
    domNode: place,
    spec: { ...(isRecord(document) ? document : {}), servers: [{ url: apiUrl }] },
    docExpansion: 'list',
    defaultModelsExpandDepth: -1,
    tryItOutEnabled: true,
    validatorUrl: null,
    showMutatedRequest: false,
    requestInterceptor: (request: SwaggerRequest) => {
      if (!request.url.startsWith(apiUrl)) return request;
      request.url = `/proxy${request.url.slice(apiUrl.length)}`;
      request.headers['x-console-token'] = consoleToken;
      if (authorization !== undefined && !request.headers.Authorization)
        request.headers.Authorization = authorization;
      return request;
    },
  });
  const schemes = bearerSchemes(document);
  return {
    signIn: (token) => {
      authorization = `Bearer ${token}`;
      for (const scheme of schemes) ui.preauthorizeApiKey(scheme, token);
    },
  };
};

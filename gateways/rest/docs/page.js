"use strict";
// Shows /openapi.json. Text is only ever set as text, never as markup.

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

/** Text in which `…` is code. */
const words = (text) => text.split("`").map((piece, at) => (at % 2 ? make("code", {}, piece) : piece));

let api;
const named = (schema) => (schema.$ref ? schema.$ref.split("/").at(-1) : null);
const resolve = (item) => (item && item.$ref ? item.$ref.slice(2).split("/").reduce((at, key) => at[key], api) : item);
const plain = ["Id", "Decimal", "DecimalIn", "Sequence"];

/** The type of a schema in a few words. */
const typeText = (schema) => {
  if (!schema || schema === true) return "anything";
  if (schema.$ref) return named(schema);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map(typeText).join(" | ");
  if (schema.type === "array") return `[${typeText(schema.items)}]`;
  if (schema.additionalProperties) return `{name: ${typeText(schema.additionalProperties)}}`;
  const type = [schema.type ?? "anything"].flat().join(" | ");
  return schema.format ? `${type} (${schema.format})` : type;
};

const row = (name, required, schema, description) =>
  make("tr", {}, make("td", {}, make("code", {}, name), required ? "" : " ?"),
    make("td", {}, make("code", {}, typeText(schema))), make("td", { class: "note" }, description ?? schema.description ?? ""));

const table = (rows) => make("div", { class: "scroll" }, make("table", {}, make("tbody", {}, ...rows)));

/** The fields of a schema, and below them those of the schemas it names. */
const fields = (schema, seen = new Set()) => {
  const name = named(schema);
  if (name && (plain.includes(name) || seen.has(name))) return [];
  if (name) seen.add(name);
  const whole = resolve(schema);
  const out = [];
  const inner = [];
  if (whole.properties) {
    out.push(make("p", { class: "note" }, name ?? ""), table(Object.entries(whole.properties).map(([key, value]) => {
      inner.push(value, value.items, value.additionalProperties, ...(value.anyOf ?? []));
      return row(key, (whole.required ?? []).includes(key), value);
    })));
  } else if (name) {
    out.push(make("p", { class: "note" }, `${name}: `, make("code", {}, typeText(whole))));
  }
  inner.push(whole.items, ...(whole.anyOf ?? []));
  for (const next of inner) if (next && (next.$ref || next.properties)) out.push(...fields(next, seen));
  return out;
};

const section = (title, ...content) => (content.length ? [make("h4", {}, title), ...content] : []);
const jsonOf = (message) => resolve(message)?.content?.["application/json"]?.schema;
const isError = (schema) => schema?.properties?.code?.enum !== undefined;

const example = (schema, depth = 0) => {
  const name = named(schema);
  if (name === "DecimalIn" || name === "Decimal") return "1.5";
  const whole = resolve(schema);
  if (whole.enum) return whole.enum[0];
  if (whole.anyOf) return example(whole.anyOf[0], depth);
  if (whole.type === "object") {
    if (depth > 3) return {};
    const required = whole.required ?? [];
    return Object.fromEntries(Object.entries(whole.properties ?? {}).filter(([key]) => required.includes(key)).map(([key, value]) => [key, example(value, depth + 1)]));
  }
  if (whole.type === "array") return [example(whole.items, depth + 1)];
  return { boolean: true, integer: 1, number: 1 }[whole.type] ?? "…";
};

const curl = (method, path, operation) => {
  const lines = [`curl -X ${method.toUpperCase()} '${location.origin}${path}'`];
  if (operation.security?.length) lines.push(`  -H "Authorization: Bearer $TOKEN"`);
  const body = jsonOf(operation.requestBody);
  if (body) lines.push(`  -d '${JSON.stringify(example(body))}'`);
  return lines.join(" \\\n");
};

const details = (method, path, operation) => {
  const parameters = (operation.parameters ?? []).map(resolve);
  const body = jsonOf(operation.requestBody);
  const good = [];
  const codes = [];
  for (const [status, answer] of Object.entries(operation.responses)) {
    const schema = jsonOf(answer);
    if (isError(schema)) {
      codes.push(make("tr", {}, make("td", {}, status), make("td", { class: "codes" }, ...schema.properties.code.enum.map((code) => make("code", {}, code)))));
    } else {
      const kind = Object.keys(answer.content ?? {})[0] ?? "no body";
      good.push(make("p", {}, make("code", {}, status), ` ${answer.description}`, schema ? "" : ` (${kind})`), ...(schema ? fields(schema) : []));
    }
  }
  return make("div", { class: "inside" },
    ...(operation.description ?? "").split("\n\n").filter(Boolean).map((text) => make("p", {}, ...words(text))),
    make("pre", {}, curl(method, path, operation)),
    ...section("Parameters", ...(parameters.length ? [table(parameters.map((one) => row(`${one.name} (${one.in})`, one.required, one.schema, one.description)))] : [])),
    ...section("Body", ...(body ? fields(body) : [])),
    ...section("Answers", ...good),
    ...section("Errors", ...(codes.length ? [table(codes)] : [])));
};

const articleOf = (path, method, operation) => {
  const box = make("details", { id: operation.operationId },
    make("summary", {}, make("span", { class: `method ${method}` }, method.toUpperCase()), make("span", { class: "path" }, path), make("span", { class: "what" }, operation.summary)));
  box.addEventListener("toggle", () => {  // written when it is first opened: the page is there at once
    if (box.open && box.children.length === 1) box.append(details(method, path, operation));
  });
  const article = make("article", {}, box);
  article.words = `${path} ${method} ${operation.summary} ${JSON.stringify(operation)}`.toLowerCase();
  return article;
};

const show = () => {
  document.getElementById("version").textContent = api.info.version;
  const main = document.getElementById("operations");
  const contents = document.getElementById("contents");
  main.replaceChildren(make("p", {}, ...words(api.info.description)), make("p", {}, make("a", { href: "/openapi.json" }, "openapi.json")));
  for (const tag of api.tags) {
    const heading = make("h2", {}, tag.name);
    const about = make("p", { class: "note" }, ...words(tag.description));
    main.append(heading, about);
    contents.append(make("h3", {}, tag.name));
    for (const [path, methods] of Object.entries(api.paths))
      for (const [method, operation] of Object.entries(methods)) {
        if (operation.tags[0] !== tag.name) continue;
        main.append(articleOf(path, method, operation));
        if (!operation.operationId.endsWith("Alias")) contents.append(make("a", { href: `#${operation.operationId}` }, operation.summary));
      }
  }
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    target.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
  document.getElementById("search").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const article of document.querySelectorAll("article"))
      article.hidden = !words.every((word) => article.words.includes(word));
  });
};

fetch("/openapi.json").then((answer) => answer.json()).then((document_) => { api = document_; show(); })
  .catch((problem) => { document.getElementById("operations").textContent = `The document cannot be read: ${problem}`; });

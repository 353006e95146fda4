import type { ComponentChildren } from 'preact'
import { Box, Col, Divider, Form, Row, Spacer } from './boxes.tsx'
import { Badge, Button, Icon, Image } from './contents.tsx'
import { Checkbox, Input, RadioGroup, Select, Textarea } from './fields.tsx'
import { childrenOf, nodeKey, type WidgetNode } from './node.ts'
import { Basic, Card, ListView, ListViewItem } from './roots.tsx'
import { Caption, Label, Markdown, Text, Title } from './texts.tsx'

type NodeViewOf = (props: { node: WidgetNode }) => ComponentChildren

/** One view for each type of node. */
const nodeViews: Record<string, NodeViewOf> = {
  Basic,
  Card,
  ListView,
  ListViewItem,
  Box,
  Row,
  Col,
  Form,
  Spacer,
  Divider,
  Text,
  Title,
  Caption,
  Label,
  Markdown,
  Badge,
  Icon,
  Image,
  Button,
  Input,
  Textarea,
  Select,
  Checkbox,
  RadioGroup,
}

/** Draws a node by its type; of a type without a view its children are drawn, so that nothing that can be read is lost. */
export function NodeView({ node }: { node: WidgetNode }) {
  const View = Object.hasOwn(nodeViews, node.type) ? nodeViews[node.type] : undefined
  return View ? <View node={node} /> : <Children of={node} />
}

export function Children({ of }: { of: WidgetNode }) {
  return (
    <>
      {childrenOf(of).map((child, index) => (
        <NodeView key={nodeKey(child, index)} node={child} />
      ))}
    </>
  )
}

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Searches zip archives, nested ones too, as a Java tool would: ZipFile, all cores, and StAX or a plain search. */
public final class ZipScan {
    private static final List<String> NEEDLES = List.of("adobe.io", "adobelogin.com", "brand-portal.adobe.com");
    private static final XMLInputFactory XML = XMLInputFactory.newFactory();
    private static final AtomicLong HITS = new AtomicLong();

    public static void main(String[] arguments) throws IOException {
        XML.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        boolean parse = arguments[0].equals("stax");
        List<Path> packages;
        try (var files = Files.walk(Path.of(arguments[1]))) {
            packages = files.filter(file -> file.toString().endsWith(".zip")).toList();
        }
        for (boolean large : new boolean[] {true, false}) {
            var chosen = packages.stream().filter(file -> file.toFile().length() > 8 << 20 == large).toList();
            var stream = large ? chosen.stream() : chosen.parallelStream();
            stream.forEach(file -> scan(file, large, parse));
        }
        System.out.println(HITS.get());
    }

    /** One package; the entries of a large one in parallel. */
    private static void scan(Path file, boolean parallel, boolean parse) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            var entries = zip.stream().filter(entry -> isText(entry) || isArchive(entry)).toList();
            var stream = parallel ? entries.parallelStream() : entries.stream();
            stream.forEach(entry -> {
                try (InputStream input = zip.getInputStream(entry)) {
                    visit(entry, input.readAllBytes(), parse);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void visit(ZipEntry entry, byte[] bytes, boolean parse) throws IOException {
        if (isArchive(entry)) {
            try (var nested = new ZipInputStream(new ByteArrayInputStream(bytes))) {
                for (ZipEntry inner = nested.getNextEntry(); inner != null; inner = nested.getNextEntry()) {
                    if (isText(inner) || isArchive(inner)) {
                        visit(inner, nested.readAllBytes(), parse);
                    }
                }
            }
        } else if (parse && entry.getName().endsWith(".xml") ? parsedHit(bytes) : isHit(text(bytes))) {
            HITS.incrementAndGet();
        }
    }

    private static boolean parsedHit(byte[] bytes) {
        boolean hit = false;
        try {
            XMLStreamReader reader = XML.createXMLStreamReader(new ByteArrayInputStream(bytes));
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamConstants.START_ELEMENT) {
                    for (int i = 0; i < reader.getAttributeCount(); i++) {
                        hit |= isHit(reader.getAttributeValue(i));
                    }
                }
            }
        } catch (XMLStreamException e) {
            return hit || isHit(text(bytes));
        }
        return hit;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static boolean isHit(String text) {
        return NEEDLES.stream().anyMatch(text::contains);
    }

    private static boolean isText(ZipEntry entry) {
        String name = entry.getName();
        return name.endsWith(".xml") || name.endsWith(".config") || name.endsWith(".cfg") || name.endsWith(".json")
            || name.endsWith(".properties");
    }

    private static boolean isArchive(ZipEntry entry) {
        return entry.getName().endsWith(".zip") || entry.getName().endsWith(".jar");
    }
}
